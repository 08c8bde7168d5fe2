import CanvassCoding
import CanvassCommandLine
import CanvassRelay

/// `canvass-relay devices`
enum DevicesCommand {
    static let command = Command(
        "devices", "List who syncs here, and with what.",
        discussion: "Works while the relay is serving. Times are UTC. Ids are cut; --json has them whole.",
        examples: [
            Example("canvass-relay devices", "All devices, as two tables."),
            Example("canvass-relay devices --json", "The same for a program, times in milliseconds since 1970."),
        ],
        options: RelayPlace.options, run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let devices = try RelayPlace(arguments).open().devices()
        if output.isJSON {
            output.emit(.list(devices.map(value)))
            return .done
        }
        guard !devices.isEmpty else {
            output.print("no device has joined yet; make a link with `canvass-relay invite`")
            return .done
        }
        let length = ShortID.length(telling: devices.flatMap { [$0.device, $0.member] })
        output.print(whoSyncs(devices, idLength: length))
        output.print("")
        output.print(enrolments(devices, idLength: length))
        return .done
    }

    // Two tables, since one does not fit a terminal of 80 columns. Ids and times are right-aligned because such columns
    // are never cut.

    private static func whoSyncs(_ devices: [DeviceListing], idLength: Int) -> Table {
        var table = Table([
            .init("device", .right), .init("name"), .init("roles"), .init("campaign"), .init("last sync", .right),
            .init("state", .right),
        ])
        for device in devices {
            table.add([
                "\(device.device.prefix(idLength))", "\(device.name)", "\(device.roles.joined(separator: ","))",
                "\(device.campaign ?? "–")", "\(device.lastSync.map(TimeText.utc) ?? "never")",
                "\(device.isRevoked ? "revoked" : "active")",
            ])
        }
        return table
    }

    private static func enrolments(_ devices: [DeviceListing], idLength: Int) -> Table {
        var table = Table([
            .init("device", .right), .init("member", .right), .init("team"), .init("enrolled", .right),
            .init("clock", .right),
        ])
        for device in devices {
            table.add([
                "\(device.device.prefix(idLength))", "\(device.member.prefix(idLength))", "\(device.team ?? "–")",
                "\(TimeText.utc(device.enrolled))", "\(device.clockOffset.map(TimeText.clock) ?? "–")",
            ])
        }
        return table
    }

    private static func value(of device: DeviceListing) -> Value {
        [
            "member": .text(device.member), "name": .text(device.name), "campaign": text(device.campaign),
            "roles": .list(device.roles.map { .text($0) }), "team": text(device.team), "device": .text(device.device),
            "replica": .text(device.replica), "enrolled": .integer(device.enrolled),
            "lastSync": integer(device.lastSync), "clockOffset": integer(device.clockOffset),
            "revoked": .bool(device.isRevoked),
        ]
    }

    private static func text(_ text: String?) -> Value { text.map { .text($0) } ?? .null }

    private static func integer(_ integer: Int64?) -> Value { integer.map { .integer($0) } ?? .null }
}
