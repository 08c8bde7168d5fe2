import CanvassCRDT
import CanvassCoding
import CanvassSQLite
package import CanvassWire

/// What an operator took out of a bundle.
package struct Acceptance: Sendable {
    /// Changes that the relay had not, and that take effect.
    package let taken: Int
    /// Changes that came and have no effect, because somebody had brought them before or for another reason.
    package let void: Int
    /// Changes that were held already.
    package let held: Int
    /// Why segments were not taken.
    package let refused: [String]
}

extension Relay {
    /// Takes what is in a bundle as if none of the devices and members that made it had been revoked: the only way in for
    /// what a revoked device had not synced (design, section 5).
    ///
    /// Everything else is as for any carrier: a device's seal or the relay's has to hold, the author may only write where
    /// they might, and what was erased or marked before stays so.
    package func accept(_ bundle: Bundle) throws -> Acceptance {
        let acceptance = try database.write { connection in
            let before = try connection.changeCounts()
            var generator = environment
            let now = environment.now()
            // Nobody's own changes: each needs a proof.
            let carrier = Caller(
                device: EntityID(milliseconds: now, using: &generator), memberships: [], tokenHash: [], granted: 0)
            var receiver = PushReceiver(
                caller: carrier, identity: identity, certificates: bundle.certificates, receivedMilliseconds: now,
                clockOffsetMilliseconds: 0, acceptsRevoked: true)
            try receiver.take(bundle.segments, in: &connection)
            let after = try connection.changeCounts()
            let (new, void) = (after.all - before.all, after.void - before.void)
            let refusedItems = Set(receiver.refused.map(\.item))
            let offered = bundle.segments.enumerated().filter { !refusedItems.contains(UInt64($0.offset)) }
                .reduce(0) { $0 + ((try? Segment(decoding: $1.element))?.count ?? 0) }
            return Acceptance(
                taken: Int(clamping: new - void), void: Int(clamping: void), held: max(0, offered - Int(clamping: new)),
                refused: receiver.refused.map(\.detail))
        }
        environment.log.record(
            .info, "accepted a bundle", at: environment.now(),
            ["taken": .integer(Int64(acceptance.taken)), "void": .integer(Int64(acceptance.void))])
        return acceptance
    }
}

extension LogConnection {
    /// The changes of devices in the log, and how many of them have no effect.
    fileprivate mutating func changeCounts() throws -> (all: Int64, void: Int64) {
        var statement = try cached(
            """
            SELECT CAST(sum(last_sequence - first_sequence + 1) AS bigint), CAST(sum(dropped) AS bigint)
            FROM segment JOIN branch ON branch.number = segment.branch WHERE is_relay = 0
            """)
        guard try statement.step() else { return (0, 0) }
        return (statement.int64(at: 0), statement.int64(at: 1))
    }
}
