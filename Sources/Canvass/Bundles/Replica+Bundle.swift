public import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import CanvassWire

extension Replica {
    /// Puts changes into a bundle, for where no network goes.
    ///
    /// - Parameters:
    ///   - scopes: kinds of scope (`responses`) or single ones (`responses/ID`); none for everything but the roster.
    ///   - other: a bundle of whoever will get this one, or the id of its replica, when a bundle of it was imported here
    ///     before: what it holds is left out.
    /// - Throws: `CanvassError` with `invalidInput`.
    public func exportBundle(
        of scopes: [String] = [], for other: BundleReceiver? = nil
    ) throws(CanvassError) -> BundleExport {
        var order = BundleOrder()
        if !scopes.isEmpty {
            var kinds: Set<ScopeKind> = []
            var single: Set<ScopeID> = []
            for text in scopes {
                if let kind = ScopeKind.allCases.first(where: { $0.name == text }) {
                    kinds.insert(kind)
                } else {
                    single.insert(try Replica.scope(named: text))
                }
            }
            order.includes = { [kinds, single] in kinds.contains($0.kind) || single.contains($0) }
        }
        switch other {
        case nil: break
        case .replica(let id): order.receiver = id
        case .bundle(let bytes):
            let bundle = try Replica.readBundle(bytes)
            order.receiver = bundle.header?.replica
            order.vectors = bundle.vectors
        }
        let bundle = try explaining { try store.makeBundle(order, clockMilliseconds: environment.nowMilliseconds()) }
        var counts: [ScopeID: Int] = [:]
        for bytes in bundle.segments {
            let segment = try explaining { try Segment(decoding: bytes) }
            counts[segment.scope, default: 0] += segment.count
        }
        return BundleExport(bytes: bundle.encoded, scopes: try named(counts))
    }

    /// Takes from a bundle whatever this device may read.
    ///
    /// What comes from another device is provisional until the relay confirms it. Importing a bundle again changes nothing.
    ///
    /// - Throws: `CanvassError` with `invalidInput` for a file that is no bundle, `notJoined`, `notPermitted` for a bundle of
    ///   another organisation.
    public func importBundle(_ bytes: [UInt8]) throws(CanvassError) -> BundleOutcome {
        let bundle = try ownBundle(bytes)
        let taken = try explaining { try store.take(bundle) }
        try refreshViewsIfNeeded()
        return BundleOutcome(
            maker: bundle.header?.replica, applied: try named(taken.applied), held: taken.held,
            pending: try named(taken.pending), caughtUp: taken.caughtUp, leftOut: try named(taken.leftOut),
            forged: try named(taken.forged),
            lost: bundle.losses + taken.unreadable.map { "a segment that cannot be used: \($0)" })
    }

    /// The replicas whose bundles were imported here, and so what they hold is known.
    public func knownReceivers() throws(CanvassError) -> [ReplicaID] {
        try explaining { try store.peers() }
    }

    /// Says what is in a bundle, without taking anything.
    public static func inspectBundle(_ bytes: [UInt8]) throws(CanvassError) -> BundleListing {
        let bundle = try readBundle(bytes)
        var parts: [ScopeID: BundleListing.Part] = [:]
        var lost = bundle.losses
        for bytes in bundle.segments {
            do {
                let segment = try Segment(decoding: bytes)
                _ = try segment.changes()
                var part = parts[segment.scope] ?? .init(scope: segment.scope, segments: 0, changes: 0, sealed: 0)
                part.segments += 1
                part.changes += segment.count
                if segment.seals.device != nil || segment.seals.relay != nil { part.sealed += segment.count }
                parts[segment.scope] = part
            } catch {
                lost.append("a segment that cannot be used: \(error)")
            }
        }
        return BundleListing(
            organisation: bundle.header?.organisation, device: bundle.header?.device, replica: bundle.header?.replica,
            madeMilliseconds: bundle.header?.made, certificates: bundle.certificates.count,
            parts: parts.values.sorted { $0.scope < $1.scope }, lost: lost)
    }

    // MARK: Shared

    /// A bundle of the organisation that this device belongs to.
    func ownBundle(_ bytes: [UInt8]) throws(CanvassError) -> Bundle {
        let bundle = try Replica.readBundle(bytes)
        guard let organisation = try read({ try $0.metaBytes(.organisation) }) else {
            throw CanvassError(
                .notJoined, "This device has not joined an organisation yet, so nothing says what it may read",
                remedy: "Join with the link of an invite: canvass join LINK")
        }
        guard bundle.header?.organisation.map({ $0.bytes == organisation }) ?? true else {
            throw CanvassError(
                .notPermitted, "The bundle is of another organisation",
                remedy: "Nothing was taken. Use the replica that joined that one.")
        }
        return bundle
    }

    private static func readBundle(_ bytes: [UInt8]) throws(CanvassError) -> Bundle {
        do {
            return try Bundle(reading: bytes)
        } catch {
            throw CanvassError(
                .invalidInput, "This file is no bundle (\(error.reason))",
                remedy: "Bundles are made with 'canvass bundle export FILE'; copy the file again.")
        }
    }

    private static func scope(named text: String) throws(CanvassError) -> ScopeID {
        let parts = text.split(separator: "/")
        guard parts.count == 2, let kind = ScopeKind.allCases.first(where: { $0.name == parts[0] }),
            let id = try? EntityID(text: String(parts[1]))
        else {
            throw CanvassError(
                .invalidInput, "\"\(text)\" is no scope",
                remedy: "Name a kind (\(ScopeKind.allCases.map(\.name).joined(separator: ", "))), or KIND/ID as in "
                    + "'canvass status --json'.")
        }
        return ScopeID(kind, id)
    }

    /// Counts with the names of their scopes, in the order of the scopes.
    func named(_ counts: [ScopeID: Int]) throws(CanvassError) -> [ScopeCount] {
        guard !counts.isEmpty else { return [] }
        let owners = Dictionary(
            try status().scopes.map { ($0.id, $0.owner) }, uniquingKeysWith: { first, _ in first })
        return counts.keys.sorted().map { scope in
            ScopeCount(scope: scope, name: name(of: scope, owner: owners[scope] ?? nil), changes: counts[scope] ?? 0)
        }
    }
}

/// Whom a bundle is made for.
public enum BundleReceiver: Sendable, Hashable {
    case replica(ReplicaID)
    /// The bytes of a bundle that it made.
    case bundle([UInt8])
}

extension Bundle {
    /// What the file has lost, in words.
    var losses: [String] {
        var losses = damage.map { "at byte \($0.offset): \($0.what) (\($0.byteCount) bytes)" }
        if let missing = missingSegments {
            if missing > 0 { losses.append("\(missing) of the segments that the file says it holds") }
        } else {
            losses.append("the end of the file, and whatever stood before it")
        }
        return losses
    }
}
