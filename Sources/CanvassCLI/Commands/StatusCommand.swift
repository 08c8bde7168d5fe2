import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassCommandLine

/// `canvass status`
enum StatusCommand {
    static let command = Command(
        "status", "Show who this device is, what it holds, and what the relay has of it.",
        discussion: """
            "Safe to wipe" is known without any network: yes only when everything here lies inside a verified backup of \
            the relay, as the last sync told.

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
        if status.drafts > 0 {
            facts.add("Drafts", "\(CountText.of(status.drafts, "interview")) not finished; see `canvass draft`")
        }
        for void in status.void {
            facts.add("No effect", "\(CountText.of(void.count, "change")) of this device: \(void.why)", .magenta)
        }
        for kept in status.quarantine {
            facts.add("Quarantine", "\(CountText.of(kept.count, "change")) kept apart: \(kept.why)", .magenta)
        }
        if status.openErasures > 0 {
            facts.add(
                "Erasures",
                "\(CountText.of(status.openErasures, "erasure")) not confirmed by all; see `canvass erase status`")
        }
        if status.provisional > 0 {
            facts.add(
                "Provisional",
                CountText.of(status.provisional, "change") + " of other devices; the relay has not confirmed them yet")
        }
        if status.pending > 0 {
            facts.add(
                "Pending", CountText.of(status.pending, "change") + " of bundles; something before them is missing")
        }
        for waiting in status.waiting { facts.add("Waiting", waiting) }
        for scope in status.forgotten {
            facts.add(
                "Forgotten",
                "\(scope.name): \(CountText.of(scope.changes, "change")); `canvass sync --fetch` brings them back")
        }
        facts.add(
            "Safe to wipe", status.isSafeToWipe ? "yes" : "no: \(status.unsafeRemark)",
            status.isSafeToWipe ? .green : .plain)
        if status.hasRemains {
            facts.add("Remains", "this file may still hold parts of what was erased; the next sync removes them", .red)
        }
        if let remark = status.newer.remark { facts.add("Newer", remark, .magenta) }
        for fork in status.forks { facts.add("Forked", fork.remark, .red) }
        output.print(facts)
        guard !status.scopes.isEmpty else { return }
        output.print()
        var table = Table([
            .init("SCOPE"), .init("OF"), .init("CHANGES", .right), .init("TO SEND", .right),
            .init("NOT BACKED UP", .right), .init("DIGEST"),
        ])
        for scope in status.scopes {
            table.add([
                StyledText(scope.id.kind.name), StyledText(scope.owner ?? scope.id.id.description),
                StyledText(NumberText.grouped(Int64(scope.changes))),
                StyledText(NumberText.grouped(Int64(scope.unsynced))),
                StyledText(NumberText.grouped(Int64(scope.outsideBackup))), StyledText(scope.digest.description),
            ])
        }
        output.print(table)
    }
}

extension ReplicaStatus {
    /// What would be lost with the device.
    fileprivate var unsafeRemark: String {
        var parts: [String] = []
        if outsideBackup > 0 {
            let place = hasBackup ? "outside the relay's last backup" : "and the relay has told of no backup"
            parts.append("\(CountText.of(outsideBackup, "change")) \(place)")
        }
        if pending > 0 { parts.append("\(CountText.of(pending, "change")) pending") }
        if drafts > 0 { parts.append(CountText.of(drafts, "draft")) }
        if damaged > 0 { parts.append("\(CountText.of(damaged, "change")) in quarantine") }
        return parts.joined(separator: ", ")
    }

    fileprivate var value: Value {
        [
            "path": .text(path), "replica": .text(replica.description), "device": .text(device.description),
            "relay": Value(relay), "members": .list(members.map(\.value)), "scopes": .list(scopes.map(\.value)),
            "responses": Value(responses), "unsynced": Value(unsynced), "conflicts": Value(conflicts),
            "provisional": Value(provisional), "pending": Value(pending), "waiting": .list(waiting.map(Value.text)),
            "outsideBackup": Value(outsideBackup), "safeToWipe": .bool(isSafeToWipe),
            "forgotten": .list(
                forgotten.map { ["scope": .text($0.scope.description), "changes": Value($0.changes)] }),
            "drafts": Value(drafts), "unknownOperations": Value(unknownOperations), "newer": newer.value,
            "withoutEffect": .list(void.map(\.value)),
            "quarantine": .list(
                quarantine.map { ["count": Value($0.count), "why": .text($0.why), "isVoid": .bool($0.isVoid)] }),
            "openErasures": Value(openErasures), "hasRemains": .bool(hasRemains),
            "forked": .list(forked.map { .text($0.description) }), "forks": .list(forks.map(\.value)),
            "lastSyncMilliseconds": Value(lastSyncMilliseconds),
            "clockOffsetMilliseconds": Value(clockOffsetMilliseconds),
        ]
    }
}

extension ReplicaStatus.Newer {
    /// Nil where this version understands everything.
    fileprivate var remark: String? {
        guard changes > 0 else { return nil }
        let parts = [
            (withOperations, "operations"), (withKinds, "kinds of entity"), (withValues, "types of value"),
        ]
        let what = parts.filter { $0.0 > 0 }.map { "\($0.1) in \($0.0)" }.joined(separator: ", ")
        return
            "\(CountText.of(changes, "change")) \(changes == 1 ? "needs" : "need") a newer version, kept and passed on "
            + "(unknown \(what)); update Canvass"
    }

    fileprivate var value: Value {
        [
            "changes": Value(changes), "withOperations": Value(withOperations), "withKinds": Value(withKinds),
            "withValues": Value(withValues),
        ]
    }
}

extension ReplicaStatus.Scope {
    fileprivate var value: Value {
        [
            "scope": .text(id.description), "kind": .text(id.kind.name), "owner": Value(owner),
            "changes": Value(changes), "unsynced": Value(unsynced), "outsideBackup": Value(outsideBackup),
            "digest": .text(digest.description),
            "vector": .text(vector),
        ]
    }
}
