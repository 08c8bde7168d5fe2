import CanvassCRDT
import CanvassCoding
import CanvassWire

/// Takes the segments of one push, each on its own: a refusal never costs the others theirs.
///
/// Invariants:
/// 1. Nothing is stored before every byte of the segment was decoded, every hash recomputed and every rule checked: what
///    the relay says is safe is readable by everyone.
/// 2. A change is stored after the change before it on its chain and after everything in its context, so the order of
///    the log is a causal order.
/// 3. What is held already is neither stored again nor refused.
/// 4. A change that may not take effect is stored all the same, without its body, behind the mark that says so: both in one
///    transaction. Refused is only what proves nothing, or what its own device may bring again once it has the right.
struct PushReceiver {
    let caller: Caller
    let identity: RelayIdentity
    let receivedMilliseconds: Int64
    let clockOffsetMilliseconds: Int64
    private let prover: Prover

    /// The positions of what was stored, which the answer need not send back.
    private(set) var positions: Set<Int64> = []
    /// How many changes were stored, by scope.
    private(set) var taken: [ScopeID: Int] = [:]
    /// The scopes that were pushed to and may be told about.
    private(set) var scopes: Set<ScopeID> = []
    private(set) var refused: [SyncAnswer.Refusal] = []

    /// - Parameter acceptsRevoked: whether what revoked devices and members made is judged as if they were not.
    init(
        caller: Caller, identity: RelayIdentity, certificates: [[UInt8]], receivedMilliseconds: Int64,
        clockOffsetMilliseconds: Int64, acceptsRevoked: Bool = false
    ) {
        self.caller = caller
        self.identity = identity
        self.receivedMilliseconds = receivedMilliseconds
        self.clockOffsetMilliseconds = clockOffsetMilliseconds
        prover = Prover(
            caller: caller, identity: identity, certificates: certificates, milliseconds: receivedMilliseconds,
            acceptsRevoked: acceptsRevoked)
    }

    /// - Throws: only what makes the whole request fail; whatever is wrong with the segments ends up in `refused`.
    mutating func take(_ push: [[UInt8]], in connection: inout LogConnection) throws {
        for (index, bytes) in push.enumerated() {
            let segment: Segment
            do {
                segment = try Segment(decoding: bytes)
            } catch {
                let nobody = SegmentName(
                    scope: identity.rosterScope, replica: ReplicaID(rawValue: 0), firstSequence: 0)
                let refusal = Refused(.invalid, "segment \(index) of the push: \(error.reason)")
                refuse(SegmentName(readingFrom: bytes) ?? nobody, index, refusal)
                continue
            }
            do {
                // A refused segment leaves nothing behind, not even the campaign that was made for it.
                try connection.savepoint { connection in try take(segment, in: &connection) }
            } catch let refusal as Refused {
                let name = SegmentName(
                    scope: segment.scope, replica: segment.replica, firstSequence: segment.firstSequence)
                refuse(name, index, refusal)
            }
        }
    }

    private mutating func refuse(_ name: SegmentName, _ index: Int, _ refusal: Refused) {
        refused.append(
            SyncAnswer.Refusal(
                scope: name.scope, replica: name.replica, firstSequence: name.firstSequence, item: UInt64(index),
                reason: refusal.reason.rawValue, detail: refusal.detail))
    }

    private mutating func take(_ segment: Segment, in connection: inout LogConnection) throws {
        let held = try connection.scope(segment.scope)
        let permission = permission(for: held, segment)
        if permission.read { scopes.insert(segment.scope) }
        let judged = try JudgedChanges(segment)
        if judged.authors != [caller.device], let held, try connection.holds(segment, in: held) { return }
        let proof = try proof(of: segment, judged, permission, held, in: &connection)
        // A certificate may have brought it.
        let known = try held ?? connection.scope(segment.scope)
        let scope = try known ?? createCampaign(segment, proof, in: &connection)
        let placement = SegmentPlacement(segment: segment, judged: judged, scope: scope)
        guard let placed = try placement.place(in: &connection) else { return }
        let isRelay = judged.authors == [identity.organisation]
        let judge = Judge(scope: scope, identity: identity, proof: proof, isRelay: isRelay)
        let verdicts = try judge.verdicts(on: placed.new, in: &connection)
        try check(proof, placed, verdicts, scope, in: &connection)
        let entry = LogEntry(
            placed: placed, verdicts: verdicts, isRelay: isRelay,
            receivedMilliseconds: receivedMilliseconds, clockOffsetMilliseconds: clockOffsetMilliseconds)
        let position = try connection.store(entry, in: scope, as: identity)
        positions.insert(position)
        taken[segment.scope, default: 0] += placed.new.count
        if known == nil { try connection.touchRosters(of: [scope.id.id], at: position) }
        if isRelay {
            try connection.learnMarks(
                from: verdicts, in: scope, as: identity, at: position, received: receivedMilliseconds)
            #if PLANTED_BUGS
                if planted(.rosterNotReplayed) { return }
            #endif
            if scope.id.kind == .roster {
                var replay = RosterReplay(try RolesInForce(in: scope, &connection))
                try replay.apply(verdicts, at: position, &connection)
            }
        }
        let eraser = Eraser(identity: identity, milliseconds: receivedMilliseconds)
        try eraser.expect(caller, for: verdicts, in: scope, at: position, &connection)
        try eraser.obey(verdicts, isRelay: isRelay, in: scope, at: position, &connection)
        if scope.id.kind == .design {
            try connection.learnNames(from: verdicts, campaign: scope.id.id, at: position)
        }
    }

    /// What the caller may do with the scope of a segment. An admin makes a campaign by writing the first change of its design.
    private func permission(for held: HeldScope?, _ segment: Segment) -> Permission {
        #if PLANTED_BUGS
            if planted(.writingForAll), let held {
                return Permission(read: caller.permission(for: held.owner).read, write: true)
            }
        #endif
        if let held { return caller.permission(for: held.owner) }
        let isNewDesign = segment.scope.kind == .design && caller.isAdmin
        return Permission(read: isNewDesign, write: isNewDesign)
    }

    /// What a device made itself needs no seal, unless it may not write the scope any more: then one shows that it could when
    /// the relay took it.
    private func proof(
        of segment: Segment, _ judged: JudgedChanges, _ permission: Permission, _ held: HeldScope?,
        in connection: inout LogConnection
    ) throws -> Proof {
        #if PLANTED_BUGS
            if planted(.authorNotChecked) { return .own(caller.author) }
        #endif
        guard judged.authors == [caller.device] else {
            return try prover.proof(of: segment, by: judged.authors, in: &connection)
        }
        if permission.write { return .own(caller.author) }
        if prover.isSealedByRelay(segment) { return .relay }
        guard held != nil else {
            throw Refused(
                .forbidden,
                "the relay has no \(segment.scope); it was made elsewhere, or the relay lost data: ask its operator")
        }
        let title = try connection.title(of: segment.scope, in: held?.owner.campaign, for: caller)
        throw Refused(
            .forbidden,
            "this device may not write \(title); what it wrote there stays on it: ask an admin for the role")
    }

    private func createCampaign(
        _ segment: Segment, _ proof: Proof, in connection: inout LogConnection
    ) throws -> HeldScope {
        let mayCreate = proof.author.map { $0.memberships.contains { $0.roles.contains(.admin) } } ?? true
        guard segment.scope.kind == .design, mayCreate else {
            throw Refused(
                .unknownAuthor,
                "the relay has no \(segment.scope) yet: it comes with the design of the campaign, or with its members")
        }
        try connection.createCampaign(segment.scope.id)
        guard let scope = try connection.scope(segment.scope) else {
            throw DamagedLog(what: "\(segment.scope) was not stored")
        }
        return scope
    }

    /// - Throws: `Refused` where the proof does not reach what was pushed.
    private func check(
        _ proof: Proof, _ placed: SegmentPlacement.Placed, _ verdicts: [Verdict], _ scope: HeldScope,
        in connection: inout LogConnection
    ) throws {
        let anchor = placed.anchor
        guard case .relay = proof else {
            guard anchor.branch?.isRelay != true else {
                throw Refused(
                    .forbidden, "replica \(placed.segment.replica) is the relay's own, nobody else writes on it")
            }
            return
        }
        let range = placed.segment.firstSequence...placed.segment.lastSequence
        let here = try connection.marks(on: placed.segment.replica, range, in: scope)
        let marks =
            try connection.marks(upTo: anchor, in: scope) + verdicts.compactMap { here[$0.judged.change.dot.tip] }
        guard let hash = placed.segment.seals.voidListHash, VoidListCheck.accounts(for: hash, marks) else {
            throw Refused(
                .unmarked,
                "the seal says of other changes that they are void than the marks that are held: push the marks first")
        }
    }
}

/// Why a segment is not taken.
struct Refused: Error {
    let reason: RefusalReason
    let detail: String

    init(_ reason: RefusalReason, _ detail: String) {
        self.reason = reason
        self.detail = detail
    }
}
