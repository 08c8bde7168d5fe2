import CanvassCRDT
import CanvassCoding
import CanvassSQLite
package import CanvassWire

/// Taking a bundle.
///
/// Invariants:
/// 1. Only what this device may read enters the file.
/// 2. Nothing of a bundle is believed for who made it, since only the relay can check a seal of another device: changes of
///    others are provisional until the relay confirms them. Changes of the relay itself, which would void or erase those
///    of others, wait in `pending` until the relay sends them; changes of this very device have to have its own seal.
/// 3. What cannot be applied yet is in `pending` when the import returns, and is tried again whenever anything comes.
/// 4. Importing a bundle again changes nothing.
extension ReplicaStore {
    /// - Returns: what became of it.
    package func take(_ bundle: Bundle) throws -> BundleImport {
        var outcome = BundleImport()
        var rest = bundle.segments[...]
        while !rest.isEmpty {
            var segments: [BundleSegment] = []
            var byteCount = 0
            // A transaction for so much at most: the log of the database would grow without bounds.
            while let bytes = rest.first, segments.isEmpty || byteCount < 4 << 20 {
                rest.removeFirst()
                byteCount += bytes.count
                do {
                    let segment = try Segment(decoding: bytes)
                    segments.append(BundleSegment(segment: segment, changes: try segment.changes(), bytes: bytes))
                } catch {
                    outcome.unreadable.append(error.description)
                }
            }
            outcome = try database.write { [outcome] connection in
                var outcome = outcome
                var workspace = Workspace()
                for segment in segments { try workspace.take(segment, &outcome, in: &connection) }
                outcome.caughtUp += try workspace.applyPending(in: &connection)
                try workspace.flush(&connection)
                try connection.confirmProvisional()
                return outcome
            }
        }
        try database.write { connection in
            try connection.keepCertificates(of: bundle)
            try connection.keepPeer(bundle)
        }
        return outcome
    }
}

/// One segment of a bundle, decoded.
struct BundleSegment {
    let segment: Segment
    let changes: [Change]
    let bytes: [UInt8]
}

extension Workspace {
    fileprivate mutating func take(
        _ segment: BundleSegment, _ outcome: inout BundleImport, in connection: inout Connection
    ) throws {
        let scope = segment.segment.scope
        guard try connection.mayKeep(scope) else {
            outcome.leftOut[scope, default: 0] += segment.changes.count
            return
        }
        guard try !connection.isForged(segment.segment) else {
            outcome.forged[scope, default: 0] += segment.changes.count
            return
        }
        let taken = try apply(segment, in: &connection)
        if taken.applied > 0 { outcome.applied[scope, default: 0] += taken.applied }
        outcome.held += taken.held
        if let reason = taken.invalid { return outcome.unreadable.append(reason) }
        let waiting = segment.changes.count - taken.applied - taken.held
        guard waiting > 0 else { return }
        try connection.keepPending(segment, waiting: waiting)
        outcome.pending[scope, default: 0] += waiting
    }

    /// Applies a segment as far as it goes.
    ///
    /// - Returns: how many of its changes were applied now, and how many were held; the rest has to wait, or never will be
    ///   for what is wrong with the first of it.
    private mutating func apply(
        _ segment: BundleSegment, in connection: inout Connection
    ) throws -> (applied: Int, held: Int, invalid: String?) {
        let isOfRelay = try connection.isOfRelay(segment.changes)
        var applied: [Change] = []
        var held = 0
        var invalid: String?
        applying: for change in segment.changes {
            do {
                if isOfRelay {
                    guard try connection.isHeld(change) else { break applying }
                    held += 1
                } else if try apply(change, in: &connection) {
                    applied.append(change)
                } else {
                    held += 1
                }
            } catch let error as StoreError {
                switch error {
                case .gap: break applying
                case .invalidChange(let reason):
                    invalid = reason
                    break applying
                default: throw error
                }
            }
        }
        if let first = applied.first, let last = applied.last {
            try connection.noteProvisional(from: first, to: last)
        }
        if applied.count + held == segment.changes.count { try connection.keepSeals(of: segment.segment) }
        return (applied.count, held, invalid)
    }

    /// Applies what waits and can be applied by now.
    ///
    /// - Returns: how many changes.
    mutating func applyPending(in connection: inout Connection) throws -> Int {
        var total = 0
        var hasAdvanced = true
        while hasAdvanced {
            hasAdvanced = false
            var last: Int64 = 0
            while let pending = try connection.nextPending(after: last) {
                last = pending.id
                let segment = try Segment(decoding: pending.bytes)
                let waiting = BundleSegment(segment: segment, changes: try segment.changes(), bytes: pending.bytes)
                let taken = try apply(waiting, in: &connection)
                total += taken.applied
                if taken.applied > 0 { hasAdvanced = true }
                let left = waiting.changes.count - taken.applied - taken.held
                if let reason = taken.invalid {
                    // It would be in the way of every sync.
                    for change in waiting.changes.suffix(left) { try connection.setAside(change, for: reason) }
                }
                try connection.setPending(pending.id, waiting: taken.invalid == nil ? left : 0)
            }
        }
        return total
    }
}

extension Connection {
    /// Whether a scope may be here: the relay granted it, or this replica writes it.
    fileprivate mutating func mayKeep(_ scope: ScopeID) throws -> Bool {
        var statement = try cached(
            """
            SELECT 1 FROM scope WHERE scope = ?1 AND scope NOT IN (SELECT scope FROM forgotten)
                AND (is_granted OR EXISTS (SELECT 1 FROM tip WHERE tip.scope = scope.id AND tip.is_own))
            """)
        try statement.bind(scope.bytes, at: 1)
        defer { statement.reset() }
        return try statement.step()
    }

    /// Whether changes claim to be this replica's and nothing shows it.
    fileprivate mutating func isForged(_ segment: Segment) throws -> Bool {
        guard try isOwn(segment.replica) else { return false }
        guard let key = try metaBytes(.deviceKey), let seal = segment.seals.device else { return true }
        return !constantTimeEquals(seal, Seal.device(segment.scope, segment.after, key: key))
    }

    /// Whether this replica writes, or wrote, with an identity.
    private mutating func isOwn(_ replica: ReplicaID) throws -> Bool {
        if try metaBytes(.replica) == replica.bytes { return true }
        var statement = try cached("SELECT 1 FROM former WHERE replica = ?1")
        try statement.bind(replica.bytes, at: 1)
        defer { statement.reset() }
        return try statement.step()
    }

    fileprivate mutating func isOfRelay(_ changes: [Change]) throws -> Bool {
        guard let organisation = try metaBytes(.organisation) else { return false }
        return changes.contains { $0.head.suffix(16).elementsEqual(organisation) }
    }

    fileprivate mutating func isHeld(_ change: Change) throws -> Bool {
        var statement = try cached(
            """
            SELECT 1 FROM change WHERE scope = (SELECT id FROM scope WHERE scope = ?1)
                AND replica = (SELECT id FROM replica WHERE replica = ?2) AND sequence = ?3 AND "check" = ?4
            """)
        try statement.bind(change.scope.bytes, at: 1)
        try statement.bind(change.replica.bytes, at: 2)
        try statement.bind(Int64(bitPattern: change.sequence), at: 3)
        try statement.bind(Int64(bitPattern: change.hash.check), at: 4)
        defer { statement.reset() }
        return try statement.step()
    }

    /// The newest few of each device: whoever made the bundle may have put a false one in, and only the relay can tell.
    fileprivate mutating func keepCertificates(of bundle: Bundle) throws {
        let own = try metaBytes(.device)
        for bytes in bundle.certificates {
            guard let certificate = try? Certificate(unchecked: bytes), certificate.device.bytes != own else {
                continue
            }
            try run(
                "INSERT OR IGNORE INTO certificate (device, certificate, issued) VALUES (?1, ?2, ?3)",
                .blob(certificate.device.bytes), .blob(bytes), .integer(certificate.issued))
            try run(
                """
                DELETE FROM certificate WHERE device = ?1 AND certificate NOT IN (
                    SELECT certificate FROM certificate WHERE device = ?1 ORDER BY issued DESC LIMIT 4)
                """, .blob(certificate.device.bytes))
        }
    }

    /// What the maker of a bundle holds, in place of what it held by its last one.
    fileprivate mutating func keepPeer(_ bundle: Bundle) throws {
        guard let maker = bundle.header?.replica, !bundle.vectors.isEmpty else { return }
        try run("DELETE FROM peer WHERE replica = ?1", .blob(maker.bytes))
        for report in bundle.vectors {
            try run(
                "INSERT OR REPLACE INTO peer (replica, scope, vector) VALUES (?1, ?2, ?3)", .blob(maker.bytes),
                .blob(report.scope.bytes), .blob(report.vector.stored))
        }
    }
}
