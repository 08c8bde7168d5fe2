import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassWire

extension LogConnection {
    /// Drops the bodies of held changes from the segments that hold them. Positions, counts and hashes stay as they are, and
    /// so do the device's seal and everything else that was said about the segment.
    ///
    /// - Parameters:
    ///   - reasons: why, by change of `branch` itself.
    ///   - received: for what goes into quarantine: milliseconds since 1970.
    mutating func dropBodies(
        of reasons: [VersionVector.Tip: String], on branch: Branch, in scope: HeldScope, received: Int64
    ) throws {
        var waiting = reasons.keys.sorted()[...]
        while let first = waiting.first {
            var statement = try cached(
                """
                SELECT position, last_sequence, bytes FROM segment
                WHERE branch = ?1 AND last_sequence >= ?2 ORDER BY last_sequence LIMIT 1
                """)
            try statement.bind(branch.number, at: 1)
            try statement.bind(Int64(clamping: first.sequence), at: 2)
            guard try statement.step() else { throw DamagedLog(what: "a segment of \(branch.replica) is missing") }
            let (position, bytes) = (statement.int64(at: 0), statement.bytes(at: 2))
            let last = try statement.sequence(at: 1)
            waiting = waiting.drop { $0.sequence <= last }
            try dropBodies(of: reasons, from: bytes, at: position, in: scope, received: received)
        }
    }

    private mutating func dropBodies(
        of reasons: [VersionVector.Tip: String], from bytes: [UInt8], at position: Int64, in scope: HeldScope,
        received: Int64
    ) throws {
        let segment = try stored("a segment of \(scope.id)") { try Segment(decoding: bytes) }
        var changes = try stored("a segment of \(scope.id)") { try segment.changes() }
        for index in changes.indices {
            let change = changes[index]
            guard let reason = reasons[change.dot.tip], let body = change.body else { continue }
            #if PLANTED_BUGS
                if planted(.erasedBodyServed), reason == MarkReason.erased.rawValue { continue }
            #endif
            changes[index] = change.withoutBody
            guard !reason.hasSameBytes(as: MarkReason.erased.rawValue) else { continue }
            let head = try stored("a head in \(scope.id)") { try ChangeHead(decoding: change.head) }
            try quarantine(body, of: change.dot, by: head.author, received: received, in: scope)
        }
        let rest = try stored("a segment of \(scope.id)") {
            try Segment(changes, startingContext: segment.startingContext, seals: segment.seals)
        }
        let kept = rest.encoded
        try run(
            "UPDATE segment SET bytes = ?2, dropped = ?3 WHERE position = ?1", .integer(position), .blob(kept),
            .integer(Int64(changes.count { $0.body == nil })))
        try run(
            "UPDATE scope SET segment_bytes = segment_bytes + ?2 WHERE number = ?1", .integer(scope.number),
            .integer(Int64(kept.count - bytes.count)))
    }
}

extension Change {
    /// The same change, of which the body's hash alone is left.
    var withoutBody: Change {
        Change(
            scope: scope, replica: replica, sequence: sequence, previous: previous, head: head, bodyHash: bodyHash)
    }
}

extension Dot {
    var tip: VersionVector.Tip { VersionVector.Tip(sequence: sequence, check: check) }
}
