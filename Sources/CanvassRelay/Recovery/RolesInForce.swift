import CanvassCRDT
import CanvassCoding
import CanvassWire

/// What set the roles and the team of each member, by the roster's log: the winner of the merge rules (Protocol/README.md,
/// section 7), as every admin's replica shows it.
///
/// Only a relay that lost its log learns of roles in another order than they were given: from certificates of several
/// devices, and from its log as it comes back. A change of the relay that repeats a certificate has the stamp of the
/// certificate, so that it ranks as what it is made from.
struct RolesInForce {
    private var sources: [EntityID: (stamp: Stamp, dot: Dot)] = [:]

    /// - Parameter scope: the roster's.
    init(in scope: HeldScope, _ connection: inout LogConnection) throws {
        var statement = try connection.scan(
            """
            SELECT bytes FROM segment JOIN branch ON branch.number = branch
            WHERE branch.scope = ?1 AND is_relay = 1 ORDER BY position
            """)
        try statement.bind(scope.number, at: 1)
        while try statement.step() {
            let bytes = statement.bytes(at: 0)
            try stored("a segment of the roster") { try take(Segment(decoding: bytes)) }
        }
    }

    private mutating func take(_ segment: Segment) throws {
        var context = segment.startingContext
        for change in try segment.changes() {
            let head = try ChangeHead(decoding: change.head)
            context.apply(head.contextDifference)
            guard let body = change.body else { continue }
            for edit in try ChangeBody(decoding: body).edits.map(RosterFields.init)
            where edit.kind == .member && edit.roles != nil {
                take(change.dot, head.stamp, made: context, for: edit.id)
            }
        }
    }

    private mutating func take(_ dot: Dot, _ stamp: Stamp, made context: VersionVector, for member: EntityID) {
        if let known = sources[member] {
            // A relay that went back writes with another replica, so that its chains have no forks.
            let isReplaced =
                known.dot.replica == dot.replica
                || context[known.dot.replica].contains { $0.sequence >= known.dot.sequence }
            guard isReplaced || known < (stamp, dot) else { return }
        }
        sources[member] = (stamp, dot)
    }

    /// Whether the roles of a member are those that a change set.
    func are(from dot: Dot, of member: EntityID) -> Bool { sources[member]?.dot == dot }

    /// Whether the roles of a member are older than a moment; true where nothing set any.
    func areOlder(than stamp: Stamp, of member: EntityID) -> Bool { sources[member].map { $0.stamp < stamp } ?? true }
}
