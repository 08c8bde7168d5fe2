import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassWire

/// Takes the segments of one push, each on its own: a refusal never costs the others theirs.
///
/// Invariants:
/// 1. Nothing is stored before every byte of the segment was decoded, every hash recomputed and every rule checked: what
///    the relay says is safe is readable by everyone.
/// 2. A change is stored after the change before it on its chain and after everything in its context, so the order of
///    the log is a causal order.
/// 3. What is held already is neither stored again nor refused.
struct PushReceiver {
    let caller: Caller
    let identity: RelayIdentity
    let receivedMilliseconds: Int64
    let clockOffsetMilliseconds: Int64

    /// The positions of what was stored, which the answer need not send back.
    private(set) var positions: Set<Int64> = []
    /// The scopes that were pushed to and may be told about.
    private(set) var scopes: Set<ScopeID> = []
    private(set) var refused: [SyncAnswer.Refusal] = []

    init(caller: Caller, identity: RelayIdentity, receivedMilliseconds: Int64, clockOffsetMilliseconds: Int64) {
        self.caller = caller
        self.identity = identity
        self.receivedMilliseconds = receivedMilliseconds
        self.clockOffsetMilliseconds = clockOffsetMilliseconds
    }

    /// - Throws: only what makes the whole request fail; whatever is wrong with the segments ends up in `refused`.
    mutating func take(_ push: [[UInt8]], in connection: inout Connection) throws {
        for (index, bytes) in push.enumerated() {
            let segment: Segment
            do {
                segment = try Segment(decoding: bytes)
            } catch {
                refused.append(
                    SyncAnswer.Refusal(
                        scope: identity.rosterScope, replica: ReplicaID(rawValue: 0), firstSequence: 0,
                        reason: RefusalReason.invalid.rawValue, detail: "segment \(index) of the push: \(error.reason)")
                )
                continue
            }
            do {
                // A refused segment leaves nothing behind, not even the campaign that was made for it.
                try connection.savepoint { connection in try take(segment, bytes: bytes, in: &connection) }
            } catch let refusal as Refused {
                refused.append(
                    SyncAnswer.Refusal(
                        scope: segment.scope, replica: segment.replica, firstSequence: segment.firstSequence,
                        reason: refusal.reason.rawValue, detail: refusal.detail))
            }
        }
    }

    private mutating func take(_ segment: Segment, bytes: [UInt8], in connection: inout Connection) throws {
        let target = try target(of: segment, in: &connection)
        if target.permission.read { scopes.insert(segment.scope) }
        guard target.permission.write else {
            let title = try connection.title(of: segment.scope, in: target.scope?.owner.campaign, for: caller)
            throw Refused(
                .forbidden,
                "this device may not write \(title); what it wrote there stays on it: ask an admin for the role")
        }
        let judged = try JudgedChanges(segment, author: caller.device)
        let scope = try target.scope ?? createCampaign(segment.scope, in: &connection)
        let placement = SegmentPlacement(segment: segment, judged: judged, scope: scope)
        guard let placed = try placement.place(in: &connection) else { return }
        let position = try connection.append(
            AcceptedSegment(
                segment: placed.segment, bytes: placed.isWhole ? bytes : placed.segment.encoded, checks: placed.checks,
                anchor: placed.anchor, context: placed.context, author: caller.device,
                receivedMilliseconds: receivedMilliseconds, clockOffsetMilliseconds: clockOffsetMilliseconds),
            to: scope)
        positions.insert(position)
        if target.scope == nil { try connection.touchRosters(of: [scope.id.id], at: position) }
        if scope.id.kind == .design {
            try connection.learnNames(from: judged, campaign: scope.id.id, at: position)
        }
    }

    private struct Target {
        /// Nil for the design of a campaign that is yet to be made.
        let scope: HeldScope?
        let permission: Permission
    }

    /// The scope that a segment is for. An admin makes a campaign by writing the first change of its design.
    private func target(of segment: Segment, in connection: inout Connection) throws -> Target {
        if let scope = try connection.scope(segment.scope) {
            #if PLANTED_BUGS
                if planted(.writingForAll) {
                    return Target(scope: scope, permission: Permission(read: true, write: true))
                }
            #endif
            return Target(scope: scope, permission: caller.permission(for: scope.owner))
        }
        guard segment.scope.kind == .design, caller.isAdmin else {
            throw Refused(
                .forbidden,
                "the relay has no \(segment.scope); it was made elsewhere, or the relay lost data: ask its operator")
        }
        return Target(scope: nil, permission: Permission(read: true, write: true))
    }

    private func createCampaign(_ design: ScopeID, in connection: inout Connection) throws -> HeldScope {
        try connection.run(
            "INSERT INTO campaign (id, name, name_stamp, roster_position) VALUES (?1, '', ?2, 0)",
            .blob(design.id.bytes), .integer(.min))
        try connection.createScope(design, campaign: design.id)
        try connection.createScope(ScopeID(.office, design.id), campaign: design.id)
        guard let scope = try connection.scope(design) else { throw DamagedLog(what: "\(design) was not stored") }
        return scope
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
