import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassCommandLine

/// `canvass status`
enum StatusCommand {
    static let command = Command(
        "status", "Show who this device is, what it holds, and what the relay has of it.",
        discussion: """
            Replicas that hold the same changes of a scope show the same digest. With --json every scope has a vector as \
            well: it differs where the changes differ.
            """,
        examples: [
            Example("canvass status", "Show where this replica stands."),
            Example("canvass status --json", "The same for a script."),
        ], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let replica = try ReplicaLocation.open(arguments)
        let status = try replica.status()
        if output.isJSON {
            output.emit(status.value)
        } else {
            try show(status, isReadOnly: replica.isReadOnly, campaigns: replica.campaigns(), on: output)
        }
        return .done
    }

    private static func show(
        _ status: ReplicaStatus, isReadOnly: Bool, campaigns: [Campaign], on output: Output
    ) {
        var facts = KeyValueList()
        facts.add("Replica", "\(status.replica)")
        facts.add("File", isReadOnly ? "\(status.path), write-protected: it can be read only" : "\(status.path)")
        facts.add("Device", "\(status.device)")
        for member in status.members { facts.add("You", member.description(in: campaigns), .bold) }
        facts.add("Relay", status.relay ?? "none; join one with `canvass join LINK`")
        facts.add("Last sync", status.lastSyncMilliseconds.map(TimeText.local) ?? "never")
        if let remark = status.clockOffsetMilliseconds.flatMap(TimeText.clockRemark) { facts.add("Clock", remark) }
        facts.add("Responses", NumberText.grouped(Int64(status.responses)))
        facts.add("To be sent", CountText.of(status.unsynced, "change"))
        facts.add(
            "Conflicts",
            status.conflicts == 0 ? "none" : "\(status.conflicts) open; see `canvass conflicts`",
            status.conflicts == 0 ? .plain : .magenta)
        if status.unknownOperations > 0 {
            facts.add(
                "Unknown",
                CountText.of(status.unknownOperations, "operation") + " of a newer version, kept for it; update Canvass"
            )
        }
        for replica in status.forked {
            facts.add("Forked", replica.forkRemark, .red)
        }
        output.print(facts)
        guard !status.scopes.isEmpty else { return }
        output.print()
        var table = Table([
            .init("SCOPE"), .init("OF"), .init("CHANGES", .right), .init("TO SEND", .right), .init("DIGEST"),
        ])
        for scope in status.scopes {
            table.add([
                StyledText(scope.id.kind.name), StyledText(scope.owner ?? scope.id.id.description),
                StyledText(NumberText.grouped(Int64(scope.changes))),
                StyledText(NumberText.grouped(Int64(scope.unsynced))), StyledText(scope.digest.description),
            ])
        }
        output.print(table)
    }
}

extension ReplicaStatus {
    fileprivate var value: Value {
        [
            "path": .text(path), "replica": .text(replica.description), "device": .text(device.description),
            "relay": Value(relay), "members": .list(members.map(\.value)), "scopes": .list(scopes.map(\.value)),
            "responses": Value(responses), "unsynced": Value(unsynced), "conflicts": Value(conflicts),
            "unknownOperations": Value(unknownOperations), "forked": .list(forked.map { .text($0.description) }),
            "lastSyncMilliseconds": Value(lastSyncMilliseconds),
            "clockOffsetMilliseconds": Value(clockOffsetMilliseconds),
        ]
    }
}

extension ReplicaStatus.Scope {
    fileprivate var value: Value {
        [
            "scope": .text(id.description), "kind": .text(id.kind.name), "owner": Value(owner),
            "changes": Value(changes), "unsynced": Value(unsynced), "digest": .text(digest.description),
            "vector": .text(vector),
        ]
    }
}
