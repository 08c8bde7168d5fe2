import CanvassCoding
import CanvassCommandLine
import CanvassRelay

/// `canvass-relay devices`
enum DevicesCommand {
    static let command = Command(
        "devices", "List who syncs here, and with what.",
        discussion: "Works while the relay is serving. Times are UTC.",
        examples: [
            Example("canvass-relay devices", "A table of all devices."),
            Example("canvass-relay devices --json", "The same for a program, times in milliseconds since 1970."),
        ],
        options: [RelayProgram.data], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let devices = try RelayProgram.open(arguments).devices()
        if output.isJSON {
            output.emit(.list(devices.map(value)))
            return .done
        }
        guard !devices.isEmpty else {
            output.print("no device has joined yet; make a link with `canvass-relay invite`")
            return .done
        }
        var table = Table([
            .init("member"), .init("campaign"), .init("roles"), .init("team"), .init("member id"), .init("device"),
            .init("replica"), .init("enrolled"), .init("last sync"), .init("clock", .right), .init("state"),
        ])
        for device in devices {
            table.add([
                "\(device.name)", "\(device.campaign ?? "–")", "\(device.roles.joined(separator: ","))",
                "\(device.team ?? "–")", "\(device.member)", "\(device.device)", "\(device.replica)",
                "\(TimeText.utc(device.enrolled))", "\(device.lastSync.map(TimeText.utc) ?? "never")",
                "\(device.clockOffset.map(TimeText.offset) ?? "–")", "\(device.isRevoked ? "revoked" : "active")",
            ])
        }
        output.print(table)
        return .done
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
