import CanvassCRDT
import CanvassCoding
import CanvassWire

/// Carries out orders to erase, in the transaction that takes them.
///
/// Invariants:
/// 1. Once an order is stored, no body that is about what it names is stored or served: those that are held go at once, later
///    ones as they come.
/// 2. Wherever a change was erased, the scope itself holds an erasure with its hash, and the change a mark: so every replica
///    does the same without asking.
/// 3. Whoever may have such a body is waited for, until their bookmark has come by the marks.
struct Eraser {
    let identity: RelayIdentity
    let milliseconds: Int64

    /// Obeys the orders in changes that have just been stored.
    ///
    /// - Parameters:
    ///   - isRelay: whether a relay wrote them: then they say what it did, and came back to one that lost it.
    ///   - position: of the segment.
    func obey(
        _ verdicts: [Verdict], isRelay: Bool, in scope: HeldScope, at position: Int64,
        _ connection: inout LogConnection
    ) throws {
        guard [.roster, .office, .team, .responses].contains(scope.id.kind) else { return }
        var orders: [ErasureOrder] = []
        for edit in verdicts.flatMap(\.edits) where edit.kind.hasSameBytes(as: EntityKind.erasure.rawValue) {
            if isRelay { try connection.learnAwaiting(from: edit, in: scope, at: position) }
            for hash in edit.erasedHashes {
                let order = ErasureOrder(scope: scope, id: edit.entity, hash: hash)
                if try connection.save(order) { orders.append(order) }
            }
        }
        guard !orders.isEmpty else { return }
        let (concerned, last) = try carryOut(orders, of: scope, &connection)
        // Whom a relay waited for that lost its log, it wrote down as well.
        guard !isRelay else { return }
        for order in orders {
            guard let scopes = concerned[order.hash] else { continue }
            let devices = try connection.devices(reading: scopes)
            try connection.startAwaiting(
                devices, to: order, at: last, as: identity, milliseconds: milliseconds)
        }
    }

    /// Reads each scope once, however many orders there are.
    ///
    /// - Parameter scope: that all the orders lie in.
    /// - Returns: the scopes where something was erased, by hash, and the position of the last mark.
    private func carryOut(
        _ orders: [ErasureOrder], of scope: HeldScope, _ connection: inout LogConnection
    ) throws -> (concerned: [SHA256.Digest: [HeldScope]], last: Int64) {
        let hashes = Set(orders.map(\.hash))
        let reason = MarkReason.erased
        var concerned: [SHA256.Digest: [HeldScope]] = [:]
        var last: Int64 = 0
        for target in try connection.scopes(ruledBy: scope) {
            if try connection.eraseFromQuarantine(hashes, in: target) { try connection.noteErasure() }
            let found = try connection.changes(about: hashes, in: target)
            guard !found.isEmpty else { continue }
            let named = Set(found.flatMap { $0.hashes.values.flatMap { $0 } })
            for hash in named { concerned[hash, default: []].append(target) }
            try connection.makeKnown(
                orders.filter { named.contains($0.hash) }, in: target, as: identity, at: milliseconds)
            let dots = found.flatMap { $0.hashes.keys.sorted() }
            last = try connection.commitMarks(
                on: dots.map { (dot: $0, reason: reason) }, in: target, as: identity, at: milliseconds)
            for part in found {
                for dot in part.hashes.keys.sorted() {
                    try connection.saveMark(
                        on: dot, reason: reason.rawValue, at: last, branch: part.branch.number, in: target)
                }
                let reasons = Dictionary(part.hashes.keys.map { ($0.tip, reason.rawValue) }) { first, _ in first }
                try connection.dropBodies(of: reasons, on: part.branch, in: target, received: milliseconds)
            }
            try connection.noteErasure()
        }
        return (concerned, last)
    }

    /// Waits for the device that has just pushed what was erased long ago: it may have it still, and so may whoever it got it
    /// from.
    func expect(
        _ caller: Caller, for verdicts: [Verdict], in scope: HeldScope, at position: Int64,
        _ connection: inout LogConnection
    ) throws {
        let orders = verdicts.filter { $0.judged.change.body != nil }.flatMap(\.orders)
        guard !orders.isEmpty, caller.permission(for: scope.owner).read else { return }
        var isWaiting: Set<SHA256.Digest> = []
        for order in orders where isWaiting.insert(order.hash).inserted {
            try connection.startAwaiting(
                [caller.device], to: order, at: position, as: identity, milliseconds: milliseconds)
        }
    }
}
