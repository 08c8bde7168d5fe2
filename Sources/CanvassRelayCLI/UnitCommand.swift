import CanvassCoding
import CanvassCommandLine

/// `canvass-relay unit`
enum UnitCommand {
    private static let program = Option(
        "program", .path, default: "/usr/local/bin/canvass-relay", "Where the program lies.")
    private static let configuration = Option(
        "for", .path, default: "/etc/canvass-relay.conf", placeholder: "FILE", "The file with its options.")
    private static let user = Option("user", .text, default: "canvass-relay", "Whose the data are.")

    static let command = Command(
        "unit", "Print a systemd unit that runs the relay with few rights.",
        discussion: """
            The user is made with `useradd --system canvass-relay`. The data lie in /var/lib/canvass-relay, logs in \
            /var/log/canvass-relay; nothing else can be written, so backups to another folder need a line ReadWritePaths=. Run the \
            other commands as that user, too.
            """,
        examples: [
            Example(
                "canvass-relay unit > /etc/systemd/system/canvass-relay.service",
                "Then: systemctl enable --now canvass-relay")
        ],
        options: [program, configuration, user]
    ) { arguments, output in
        let unit = text(program: arguments[program], file: arguments[configuration], user: arguments[user])
        if output.isJSON { output.emit(["unit": .text(unit)]) }
        output.print(StyledText(lines: unit))
        return .done
    }

    private static func text(program: String, file: String, user: String) -> String {
        """
        [Unit]
        Description=Canvass relay
        Documentation=man:systemd.exec(5)
        After=network-online.target local-fs.target
        Wants=network-online.target

        [Service]
        Type=notify
        User=\(user)
        ExecStart=\(program) serve --config \(file) --data /var/lib/canvass-relay
        ExecReload=/bin/kill -HUP $MAINPID
        Restart=on-failure
        RestartSec=2
        TimeoutStopSec=60
        StateDirectory=canvass-relay
        StateDirectoryMode=0700
        LogsDirectory=canvass-relay
        LogsDirectoryMode=0750
        UMask=0077
        LimitNOFILE=65536
        LimitCORE=0
        OOMPolicy=stop

        # Only what a server of one folder and one socket needs.
        NoNewPrivileges=yes
        CapabilityBoundingSet=
        AmbientCapabilities=
        ProtectSystem=strict
        ProtectHome=yes
        PrivateTmp=yes
        PrivateDevices=yes
        PrivateUsers=yes
        ProtectClock=yes
        ProtectControlGroups=yes
        ProtectHostname=yes
        ProtectKernelLogs=yes
        ProtectKernelModules=yes
        ProtectKernelTunables=yes
        ProtectProc=invisible
        ProcSubset=pid
        RemoveIPC=yes
        RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
        RestrictNamespaces=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        LockPersonality=yes
        MemoryDenyWriteExecute=yes
        SystemCallArchitectures=native
        SystemCallFilter=@system-service
        SystemCallFilter=~@privileged @resources
        SystemCallErrorNumber=EPERM

        [Install]
        WantedBy=multi-user.target
        """
    }
}
