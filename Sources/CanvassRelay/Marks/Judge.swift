import CanvassCRDT
import CanvassCoding
import CanvassWire

/// What becomes of a change that enters the log.
struct Verdict {
    let judged: JudgedChanges.Judged
    /// Why it is void; nil where it takes effect.
    let reason: String?
    /// Whether the mark is yet to be made.
    let isNew: Bool
    /// What erased it.
    let orders: [ErasureOrder]

    /// The body that goes to quarantine: that of a change that is void for another reason than erasure.
    var quarantinedBody: [UInt8]? {
        guard let reason, !reason.hasSameBytes(as: MarkReason.erased.rawValue), orders.isEmpty else { return nil }
        return judged.change.body
    }

    /// The edits, where they take effect.
    var edits: [EntityEdit] {
        guard reason == nil, case .readable(let body) = judged.body else { return [] }
        return body.edits
    }
}

/// Decides which of the new changes of a segment take effect. Those that do not keep their place, so that nothing honest
/// behind them ever waits.
struct Judge {
    let scope: HeldScope
    let identity: RelayIdentity
    let proof: Proof
    /// Whether a relay made the changes: such are never void.
    let isRelay: Bool

    /// - Throws: `Refused` with `unmarked`.
    func verdicts(
        on new: some Collection<JudgedChanges.Judged>, in connection: inout LogConnection
    ) throws -> [Verdict] {
        guard let first = new.first else { return [] }
        let author = proof.author
        let isWriter = author?.memberships.permission(for: scope.owner).write ?? true
        let range = first.change.sequence...(first.change.sequence + UInt64(new.count) - 1)
        let held = isRelay ? [:] : try connection.marks(on: first.change.replica, range, in: scope)
        let orders = isRelay ? [:] : try connection.orders(in: scope, as: identity)
        return try new.map { judged in
            let erasing = orders.isEmpty ? [] : judged.orders(among: orders)
            if let mark = held[judged.change.dot.tip] {
                return Verdict(judged: judged, reason: mark.reason, isNew: false, orders: erasing)
            }
            let reason =
                erasing.isEmpty ? try reason(for: judged, author: author, isWriter: isWriter) : .erased
            return Verdict(judged: judged, reason: reason?.rawValue, isNew: reason != nil, orders: erasing)
        }
    }

    private func reason(
        for judged: JudgedChanges.Judged, author: Author?, isWriter: Bool
    ) throws(Refused) -> MarkReason? {
        let body: ChangeBody
        switch judged.body {
        case .dropped:
            #if PLANTED_BUGS
                if planted(.bodyNotMissed) { return nil }
            #endif
            throw Refused(
                .unmarked,
                "change \(judged.change.dot) came without its body, and no mark that is held says why: push the marks first"
            )
        case .unreadable: return .unreadable
        case .readable(let readable): body = readable
        }
        guard let author else { return nil }
        guard body.edits.allSatisfy({ $0.marks(by: author.device).isEmpty }) else {
            // Every replica would take such marks for the relay's own, and nothing could void them any more.
            throw Refused(.invalid, "change \(judged.change.dot) holds marks, which only the relay makes")
        }
        #if PLANTED_BUGS
            if planted(.writingForAll) || planted(.kindNotChecked) || planted(.revokedMayWrite) {
                if author.isRevoked, !planted(.revokedMayWrite) { return .revoked }
                if !isWriter, planted(.kindNotChecked) { return .forbidden }
                return !planted(.kindNotChecked) && body.edits.contains { !mayHold($0, by: author) } ? .misplaced : nil
            }
        #endif
        if author.isRevoked { return .revoked }
        guard isWriter else { return .forbidden }
        return body.edits.contains { !mayHold($0, by: author) } ? .misplaced : nil
    }

    /// Whether the scope may hold such an edit by a device.
    private func mayHold(_ edit: EntityEdit, by author: Author) -> Bool {
        guard let kind = EntityKind(rawValue: edit.kind) else { return true }
        guard kind.scopes.contains(scope.id.kind) else { return false }
        return switch kind {
        case .mark: false
        case .erasure:
            switch scope.id.kind {
            case .roster: true
            case .responses: author.memberships.contains { $0.member == scope.id.id }
            case .design, .office, .team: false
            }
        default: true
        }
    }
}

extension JudgedChanges.Judged {
    /// Those that erased what it is about.
    fileprivate func orders(among orders: [SHA256.Digest: ErasureOrder]) -> [ErasureOrder] {
        guard case .readable(let body) = body else { return [] }
        #if PLANTED_BUGS
            if planted(.erasedReturns) { return [] }
        #endif
        return body.edits.compactMap { $0.isErasable ? orders[Erasure.hash(of: $0.entity)] : nil }
    }
}
