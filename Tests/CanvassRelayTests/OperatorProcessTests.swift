import CanvassCoding
import Foundation
import Glibc
import TestSupport
import Testing

/// What an operator meets: options from a file, logs that are put away, systemd, status, the unit and the alerts.
@Suite(.serialized) struct OperatorProcessTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func configuration(_ lines: String...) throws -> String {
        try folder.write(
            (["# for a test", "", "listen = 127.0.0.1:0", "data = \(folder.path("data"))"] + lines)
                .joined(separator: "\n"), to: "relay.conf"
        ).path
    }

    private func port(_ process: RunningProcess, after prefix: String = "listening on http://127.0.0.1:") async throws
        -> UInt16
    {
        let line = try await process.line { $0.hasPrefix(prefix) }
        return try #require(UInt16(line.dropFirst(prefix.count).prefix { $0.isNumber }))
    }

    @Test func `options come from a file and those of the command line count first`() async throws {
        let file = try configuration("metrics = 127.0.0.1:0", "campaign-quota = 1MB", "expires = 2d")
        let server = try RunningProcess("canvass-relay", ["serve", "--config", file, "--campaign-quota", "2MB"])
        let port = try await port(server)
        let operators = try await self.port(server, after: "for operators: http://127.0.0.1:")
        #expect(try RawClient.send("GET", "/metrics", port: port).status == 404)
        let page = try RawClient.send("GET", "/metrics", port: operators)
        #expect(page.status == 200)
        let metrics = try MetricsPage(String(decoding: page.body, as: UTF8.self))
        #expect(metrics["canvass_relay_campaign_quota_bytes"] == 2_097_152)
        for path in ["/v1/sync", "/v1/join", "/"] {
            #expect(try RawClient.send("POST", path, port: operators).status == 404, "no device is served there")
        }
        #expect(try RawClient.send("GET", "/readyz", port: operators).status == 200)
        let invite = try await BinaryRunner.run(
            "canvass-relay", ["invite", "--role", "admin", "--json"], environment: ["CANVASS_RELAY_CONFIG": file])
        let expires = try #require(try JSON.decode(Array(invite.output))["expires"]?.integerValue)
        #expect(abs(Double(expires) / 1000 - Date().timeIntervalSince1970 - 2 * 86_400) < 60)
        #expect(try await server.stop() == 0)
    }

    @Test(arguments: [
        ("listn = 127.0.0.1:0", "Did you mean listen?"), ("listen 127.0.0.1:0", "NAME = VALUE"),
        ("connections = many", "is not a whole number"), ("log = info\nlog = error", "twice"),
        ("accept-roster = yes", "true or false"), ("backup-every = 1d", "--backup-to"),
        ("metrics-token-file = /nowhere", "/nowhere"), ("access-log = /nowhere/log", "/nowhere/log"),
    ])
    func `a mistake in the file is named with its line`(lines: String, message: String) async throws {
        let file = try folder.write("# one\n" + lines + "\n", to: "bad.conf").path
        let refused = try await BinaryRunner.run(
            "canvass-relay", ["serve", "--config", file, "--listen", "127.0.0.1:0", "--data", folder.path("data")])
        #expect(refused.status == 1 || refused.status == 2)
        #expect(refused.errorText.contains(message), "\(refused.errorText)")
        if refused.errorText.contains("bad.conf") { #expect(refused.errorText.contains(/bad.conf, line [23]/)) }
        #expect(!FileManager.default.fileExists(atPath: folder.path("data")))
    }

    @Test func `a log that was moved aside is opened anew at SIGHUP, and commands beside write to it`() async throws {
        let (access, audit) = (folder.path("access.log"), folder.path("audit.log"))
        let file = try configuration("access-log = \(access)", "audit-log = \(audit)")
        let server = try RunningProcess("canvass-relay", ["serve", "--config", file])
        let port = try await port(server)
        #expect(try RawClient.send("GET", "/healthz", port: port).status == 200)
        try FileManager.default.moveItem(atPath: access, toPath: access + ".1")
        #expect(try RawClient.send("GET", "/healthz?1", port: port).status == 200)
        server.send(signal: SIGHUP)
        try await Task.sleep(for: .milliseconds(100))
        #expect(try RawClient.send("GET", "/readyz", port: port).status == 200)
        let invite = try await BinaryRunner.run("canvass-relay", ["invite", "--role", "admin", "--config", file])
        #expect(invite.status == 0)
        #expect(try await server.stop() == 0)
        func lines(_ path: String) throws -> [Value] {
            try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
                try JSON.decode(Array($0.utf8))
            }
        }
        #expect(try lines(access + ".1").count == 2)
        #expect(try lines(access).map { $0["path"]?.textValue } == ["/readyz"])
        let invited = try #require(try lines(audit).first { $0["event"]?.textValue == "invited" })
        #expect(invited["by"]?.textValue == "operator" && invited["roles"] == ["admin"])
        let mode = try FileManager.default.attributesOfItem(atPath: audit)[.posixPermissions] as? Int
        #expect(mode.map { $0 & 0o007 } == 0, "not for everybody")
    }

    @Test func `a request that is under way at SIGTERM is answered, and then the process ends`() async throws {
        let server = try RunningProcess(
            "canvass-relay", ["serve", "--listen", "127.0.0.1:0", "--data", folder.path("data")])
        let port = try await port(server)
        let request = RawClient.Request(
            method: "POST", path: "/v1/join", headers: ["Content-Type": "application/json"], body: Array("{} ".utf8))
        let answer = try RawClient.send(request, port: port) {
            server.send(signal: SIGTERM)
            usleep(300_000)
            #expect(server.isRunning)
            #expect(throws: (any Error).self, "no more is accepted") {
                try RawClient.send("GET", "/healthz", port: port)
            }
        }
        #expect(answer.status == 400)
        #expect(answer.header("connection") == "close")
        #expect(try await server.exit(within: .seconds(10)) == 0)
    }

    @Test func `systemd hears when it serves and when it stops`() async throws {
        let path = folder.path("notify")
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { Glibc.close(socket) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let bound = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        func message() -> String {
            var bytes = [UInt8](repeating: 0, count: 1000)
            let count = recv(socket, &bytes, bytes.count, 0)
            return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : ""
        }
        let server = try RunningProcess(
            "canvass-relay", ["serve", "--listen", "127.0.0.1:0", "--data", folder.path("data")],
            environment: ["NOTIFY_SOCKET": path])
        #expect(message().hasPrefix("READY=1\nSTATUS=listening on http://127.0.0.1:"))
        #expect(try await server.stop() == 0)
        #expect(message() == "STOPPING=1")
    }

    @Test func `status tells figures and what to look at`() async throws {
        let file = try configuration("campaign-quota = 1GB")
        let server = try RunningProcess("canvass-relay", ["serve", "--config", file])
        _ = try await port(server)
        let status = try await BinaryRunner.run("canvass-relay", ["status", "--config", file])
        #expect(status.status == 3)
        #expect(status.outputText.contains("no verified backup was made for two days"))
        let made = try await BinaryRunner.run("canvass-relay", ["backup", folder.path("b.sqlite"), "--config", file])
        #expect(made.status == 0)
        let json = try await BinaryRunner.run("canvass-relay", ["status", "--json", "--config", file])
        let value = try JSON.decode(Array(json.output))
        #expect(value["campaignQuota"]?.integerValue == 1 << 30)
        #expect(value["backup"]?["position"] == value["position"])
        #expect(value["campaigns"]?.listValue?.first?["id"] == .null, "the roster")
        #expect(value["findings"]?.listValue?.contains { $0.textValue?.contains("backup") == true } == false)
        #expect(try await server.stop() == 0)
    }

    @Test func `the unit passes systemd's own check`() async throws {
        let printed = try await BinaryRunner.run("canvass-relay", ["unit", "--program", "/bin/true", "--user", "root"])
        #expect(printed.status == 0)
        for line in ["Type=notify", "LimitNOFILE=65536", "ProtectSystem=strict", "NoNewPrivileges=yes"] {
            #expect(printed.outputText.contains("\n\(line)\n"))
        }
        guard let analyze = Executables.find("systemd-analyze") else { return }
        let unit = try folder.write(printed.outputText, to: "canvass-relay.service")
        let verified = try await BinaryRunner.run(analyze, ["verify", "--man=no", unit.path])
        #expect(!verified.errorText.contains("canvass-relay.service:"), "\(verified.errorText)")
    }

    @Test func `alert rules name figures that there are`() async throws {
        let file = try configuration("metrics = 127.0.0.1:0", "campaign-quota = 1GB")
        let server = try RunningProcess("canvass-relay", ["serve", "--config", file])
        let operators = try await port(server, after: "for operators: http://127.0.0.1:")
        #expect(
            try await BinaryRunner.run("canvass-relay", ["backup", folder.path("b.sqlite"), "--config", file]).status
                == 0)
        #expect(try RawClient.send("GET", "/readyz", port: operators).status == 200)
        let page = String(decoding: try RawClient.send("GET", "/metrics", port: operators).body, as: UTF8.self)
        let rules = try await BinaryRunner.run("canvass-relay", ["alerts"])
        #expect(rules.status == 0)
        let names = Set(rules.outputText.matches(of: /canvass_relay_[a-z_]+/).map { String($0.output) })
        #expect(names.count >= 9)
        for name in names where name != "canvass_relay_oldest_silent_device_seconds" {
            #expect(page.contains("# TYPE \(name) "), "\(name)")
        }
        #expect(try await server.stop() == 0)
        guard let promtool = Executables.find("promtool") else { return }
        let path = try folder.write(rules.outputText, to: "rules.yml").path
        let checked = try await BinaryRunner.run(promtool, ["check", "rules", path])
        #expect(checked.status == 0, "\(checked.outputText)\(checked.errorText)")
    }

    #if !Postgres
        @Test func `a relay that was built without PostgreSQL says how to get one`() async throws {
            let refused = try await BinaryRunner.run(
                "canvass-relay", ["status", "--database", "postgresql://nowhere/x"])
            #expect(refused.status == 1)
            #expect(refused.errorText.contains("cannot use PostgreSQL"))
            #expect(refused.errorText.contains("swift build -c release --traits Postgres"))
        }
    #endif
}
