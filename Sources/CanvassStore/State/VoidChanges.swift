package import CanvassCRDT
package import CanvassSQLite

/// An own change that has no effect.
package struct OwnVoidChange: Sendable, Hashable {
    package let scope: ScopeID
    package let sequence: UInt64
    package let check: UInt64
    /// Why, by the marks on it; several where it was marked for several reasons.
    package let reasons: [String]

    package var isErased: Bool { reasons.contains(MarkReason.erased.rawValue) }
}

/// What the quarantine keeps for one reason.
package struct QuarantinedChanges: Sendable, Hashable {
    /// A reason of a mark, or what `canvass doctor` found, in words.
    package let reason: String
    /// Whether a mark voided them; else they were damaged.
    package let isVoid: Bool
    package let count: Int
}

extension Connection {
    /// The changes of this replica, whichever branch they are on, that have no effect. Every sync asks for them twice; left
    /// to itself SQLite would read the whole log, to spare the sorting of the few that there are.
    package mutating func ownVoidChanges() throws -> [OwnVoidChange] {
        var statement = try cached(
            """
            SELECT scope.scope, change.sequence, change."check",
                (SELECT group_concat(mark.reason, char(10)) FROM mark
                 WHERE mark.scope = change.scope AND mark.replica = change.replica
                    AND mark.sequence = change.sequence AND mark."check" = change."check")
            FROM change INDEXED BY change_void JOIN scope ON scope.id = change.scope
            WHERE change.body IS NULL AND change.replica = (SELECT replica.id FROM replica JOIN meta
                ON meta.value = replica.replica WHERE meta.key = 'replica')
            ORDER BY change.position
            """)
        defer { statement.reset() }
        var changes: [OwnVoidChange] = []
        while try statement.step() {
            let tip = try statement.tip(at: 1)
            changes.append(
                OwnVoidChange(
                    scope: try ScopeID(bytes: statement.bytes(at: 0)), sequence: tip.sequence, check: tip.check,
                    reasons: statement.text(at: 3).split(separator: "\n").map(String.init)))
        }
        return changes
    }

    /// How far the relay held this replica's changes when it last told; by scope.
    package mutating func ownSequencesAtRelay() throws -> [ScopeID: UInt64] {
        var statement = try cached(
            """
            SELECT scope.scope, max(relay_tip.sequence), 0 FROM relay_tip JOIN scope ON scope.id = relay_tip.scope
            WHERE relay_tip.replica = (SELECT replica.id FROM replica JOIN meta
                ON meta.value = replica.replica WHERE meta.key = 'replica')
            GROUP BY relay_tip.scope
            """)
        defer { statement.reset() }
        var sequences: [ScopeID: UInt64] = [:]
        while try statement.step() {
            sequences[try ScopeID(bytes: statement.bytes(at: 0))] = try statement.tip(at: 1).sequence
        }
        return sequences
    }

    /// What the quarantine keeps, by reason.
    package mutating func quarantinedChanges() throws -> [QuarantinedChanges] {
        var statement = try cached(
            "SELECT reason, is_void, count(*) FROM quarantine GROUP BY is_void, reason ORDER BY is_void, reason")
        defer { statement.reset() }
        var changes: [QuarantinedChanges] = []
        while try statement.step() {
            changes.append(
                QuarantinedChanges(
                    reason: statement.text(at: 0), isVoid: statement.int64(at: 1) != 0,
                    count: Int(clamping: statement.int64(at: 2))))
        }
        return changes
    }
}
