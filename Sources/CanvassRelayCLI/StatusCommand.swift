import CanvassCoding
import CanvassCommandLine
import CanvassRelay

/// `canvass-relay status`
enum StatusCommand {
    static let command = Command(
        "status", "Show what the relay holds, and what an operator should look at.",
        discussion: """
            Works while the relay is serving. Sizes are those of segments as they are stored; the file is larger.

            Exits with 3 when something should be looked at: no backup for two days, a device that was silent for a month, a \
            clock that is off, changes in quarantine, digests that differ, a campaign beyond its quota, little room.
            """,
        examples: [
            Example("canvass-relay status", "A page of figures."),
            Example("canvass-relay status --json", "The same for a program, times in milliseconds since 1970."),
        ],
        options: RelayPlace.options, run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let figures = try RelayPlace(arguments).open().figures()
        let findings = figures.findings
        if output.isJSON {
            output.emit(figures.value)
        } else {
            output.print(overview(figures))
            output.print("")
            output.print(campaigns(figures))
            if !findings.isEmpty { output.print("") }
            for finding in findings { output.print("\("!", .bold) \(finding)") }
        }
        return findings.isEmpty ? .done : .findings
    }

    private static func overview(_ figures: RelayFigures) -> KeyValueList {
        var list = KeyValueList()
        list.add("log", "\(NumberText.grouped(figures.position)) changes")
        list.add(
            "backup",
            figures.backup.map { backup in
                let when = backup.time.map { "made \(TimeText.utc($0))" } ?? "made at an unknown time"
                return "\(when), up to change \(NumberText.grouped(backup.position))"
            } ?? "none that was verified")
        list.add(
            "devices",
            "\(NumberText.grouped(figures.activeDeviceCount)) active, \(NumberText.grouped(figures.revokedDeviceCount)) revoked"
        )
        list.add("longest silent", figures.oldestSync.map { "since \(TimeText.utc($0))" } ?? "–")
        list.add("worst clock", TimeText.clock(offset: figures.largestClockOffset))
        list.add("quarantine", "\(NumberText.grouped(figures.quarantinedCount)) changes")
        list.add("erasures", "awaited from \(NumberText.grouped(figures.awaitedCount)) devices")
        list.add("database", size(figures.storage.databaseBytes))
        list.add("write-ahead log", size(figures.storage.writeAheadLogBytes))
        list.add("free", size(figures.storage.freeBytes))
        if let quota = figures.quotaBytes { list.add("campaign quota", ByteCountText.format(quota)) }
        return list
    }

    private static func size(_ bytes: Int64?) -> String { bytes.map(ByteCountText.format) ?? "–" }

    private static func campaigns(_ figures: RelayFigures) -> Table {
        var table = Table([
            .init("campaign"), .init("members", .right), .init("scopes", .right), .init("segments", .right),
            .init("changes", .right), .init("size", .right), .init("of quota", .right),
        ])
        for campaign in figures.campaigns {
            let name = campaign.id.map { campaign.name.isEmpty ? $0 : campaign.name } ?? "(roster)"
            let share =
                campaign.id == nil ? nil : figures.quotaBytes.map { 100 * Double(campaign.byteCount) / Double($0) }
            table.add([
                "\(name)", "\(NumberText.grouped(campaign.memberCount))", "\(NumberText.grouped(campaign.scopeCount))",
                "\(NumberText.grouped(campaign.segmentCount))", "\(NumberText.grouped(campaign.changeCount))",
                "\(ByteCountText.format(campaign.byteCount))", "\(share.map { "\(Int($0.rounded()))%" } ?? "–")",
            ])
        }
        return table
    }
}

extension RelayFigures {
    private static let day: Int64 = 86_400_000

    /// What should be looked at, in words; the alert rules say the same.
    var findings: [String] {
        var findings: [String] = []
        if position > 0, (backup?.time).map({ now - $0 > 2 * Self.day }) ?? true {
            findings.append(
                "no verified backup was made for two days: canvass-relay backup FOLDER, or serve --backup-every")
        }
        if let oldestSync, now - oldestSync > 30 * Self.day {
            findings.append("a device has been silent for a month: see canvass-relay devices, and revoke what is lost")
        }
        if largestClockOffset > 600_000 {
            findings.append("a device's clock is off: see canvass-relay devices")
        }
        if quarantinedCount > 0 {
            findings.append("changes lie in quarantine: somebody wrote what they may not, or after they were revoked")
        }
        if digestAlarmCount > 0 {
            findings.append("devices told different digests of one state: see \"digests differ\" in the log")
        }
        if isRecovering { findings.append("the roster lacks changes: an admin has to sync") }
        if let freeBytes = storage.freeBytes, freeBytes < 1 << 30 {
            findings.append("the disk has \(ByteCountText.format(freeBytes)) left")
        }
        if let quotaBytes {
            for campaign in campaigns where campaign.id != nil && campaign.byteCount > quotaBytes {
                findings.append("campaign \(campaign.name) takes \(ByteCountText.format(campaign.byteCount))")
            }
        }
        return findings
    }

    fileprivate var value: Value {
        [
            "position": .integer(position),
            "backup": backup.map { backup in
                ["position": .integer(backup.position), "time": Self.integer(backup.time)]
            } ?? .null,
            "devices": ["active": .integer(activeDeviceCount), "revoked": .integer(revokedDeviceCount)],
            "oldestSync": Self.integer(oldestSync), "largestClockOffset": .integer(largestClockOffset),
            "quarantined": .integer(quarantinedCount), "awaited": .integer(awaitedCount),
            "digestAlarms": .integer(digestAlarmCount), "recovering": .bool(isRecovering),
            "databaseBytes": Self.integer(storage.databaseBytes),
            "writeAheadLogBytes": Self.integer(storage.writeAheadLogBytes),
            "freeBytes": Self.integer(storage.freeBytes), "campaignQuota": Self.integer(quotaBytes),
            "campaigns": .list(
                campaigns.map { campaign in
                    [
                        "id": campaign.id.map { .text($0) } ?? .null, "name": .text(campaign.name),
                        "members": .integer(campaign.memberCount), "scopes": .integer(campaign.scopeCount),
                        "segments": .integer(campaign.segmentCount), "changes": .integer(campaign.changeCount),
                        "bytes": .integer(campaign.byteCount),
                    ]
                }),
            "findings": .list(findings.map { .text($0) }),
        ]
    }

    private static func integer(_ number: Int64?) -> Value { number.map { .integer($0) } ?? .null }
}
