import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassWire

/// Answers `POST /v1/sync`: takes what the client pushes, and sends a page of what it lacks.
struct SyncSession {
    let identity: RelayIdentity
    let environment: RelayEnvironment

    /// - Parameter isWriting: whether the connection may write: it must where the request pushes or reports, and the visit
    ///   of the device is only recorded then.
    /// - Throws: `Problem` when the token is not good; `NeedsWriting`.
    func answer(
        _ request: SyncRequest, tokenHash: [UInt8], isWriting: Bool, in connection: inout LogConnection
    ) throws -> (answer: SyncAnswer, deed: SyncDeed) {
        let caller = try connection.caller(tokenHash: tokenHash)
        var deed = SyncDeed(device: caller.device, members: caller.memberships.map(\.member))
        let now = environment.now()
        var receiver = PushReceiver(
            caller: caller, identity: identity, certificates: request.certificates, receivedMilliseconds: now,
            clockOffsetMilliseconds: Visit(request, now: now).clockOffset)
        if isWriting {
            try receiver.take(request.push, in: &connection)
            if !request.push.isEmpty { try connection.settleMissingRoster(as: identity) }
            try DigestReports(caller: caller, environment: environment).take(request.reports, in: &connection)
            try connection.run(
                "UPDATE device SET last_sync = ?2, clock_offset = ?3 WHERE id = ?1", .blob(caller.device.bytes),
                .integer(now), .integer(receiver.clockOffsetMilliseconds))
        }
        let bookmark: Bookmark?
        if let bytes = request.bookmark {
            bookmark = try recognise(bytes, in: &connection)
            if bookmark == nil {
                deed.note(receiver)
                return (SyncAnswer(isReset: true, time: now), deed)
            }
            try confirm(bookmark, request, caller, isWriting: isWriting, in: &connection)
        } else {
            bookmark = nil
        }
        let isRosterKnown = try knowsRoster(request, bookmark, caller, in: &connection)
        var page = PageBuilder(
            caller: caller, bookmark: bookmark, pushed: receiver.positions, pageBytes: request.pageBytes)
        let isHeldBack = !isRosterKnown && mustLearnGrants(request, caller)
        if !isHeldBack { try page.build(request.vectors, in: &connection) }
        var answer = SyncAnswer(
            segments: page.segments, bookmark: page.bookmark.bytes, covered: page.covered, refused: receiver.refused,
            more: page.more || isHeldBack, time: now)
        let told = try toldScopes(request, receiver, page, caller, in: &connection)
        answer.scopes = told.reports
        answer.position = UInt64(clamping: try connection.head().position)
        answer.backup = try connection.backupPosition()
        for scope in told.held { answer.seals += try connection.tipSeals(of: scope, key: identity.key.sealKey) }
        if case .blob(let seal) = try connection.meta(.rosterSeal) { answer.rosterSeal = seal }
        if !isRosterKnown {
            answer.roster = try connection.roster(of: caller, as: identity, at: now)
        }
        deed.note(receiver)
        deed.pulled = try page.changeCounts(in: &connection)
        return (answer, deed)
    }

    /// Notes that a device has everything up to its bookmark, where an erasure waits for that. A scope that is named with a
    /// vector is one that the bookmark does not cover.
    ///
    /// - Throws: `NeedsWriting`.
    private func confirm(
        _ bookmark: Bookmark?, _ request: SyncRequest, _ caller: Caller, isWriting: Bool,
        in connection: inout LogConnection
    ) throws {
        guard let bookmark, request.vectors.isEmpty else { return }
        let awaited = try connection.awaited(of: caller.device, upTo: bookmark.position)
        guard !awaited.isEmpty else { return }
        guard isWriting else { throw NeedsWriting() }
        try connection.stopAwaiting(awaited, as: identity, at: environment.now())
    }

    /// Notes what a device has seen of the roster and this relay has not, and says what everybody but an admin has to hear
    /// until it is back. It is returned and not thrown, for what was noted stays.
    ///
    /// - Throws: `Problem` when the token is not good; `NeedsWriting`.
    func missingRoster(
        _ request: SyncRequest, tokenHash: [UInt8], isWriting: Bool, in connection: inout LogConnection
    ) throws -> Problem? {
        if let seal = try connection.news(in: request.rosterSeal, as: identity) {
            let device = try connection.caller(tokenHash: tokenHash).device
            guard isWriting else { throw NeedsWriting() }
            try connection.setMeta(.missingRoster, .blob(seal.bytes))
            environment.log.record(
                .warning, "roster changes are missing", at: environment.now(),
                ["device": .text("\(device)"), "changes": .integer(Int64(clamping: seal.changeCount))])
        }
        guard try connection.missingRoster(as: identity) != nil,
            try !connection.caller(tokenHash: tokenHash).isAdmin
        else { return nil }
        return .recoveringRoster
    }

    /// Whether the roster that a client has is the one that there is.
    ///
    /// A relay that went back may have come to the same position with another roster. A bookmark at or behind it shows that
    /// the client has this history, and so does a seal on a roster that is held.
    private func knowsRoster(
        _ request: SyncRequest, _ bookmark: Bookmark?, _ caller: Caller, in connection: inout LogConnection
    ) throws -> Bool {
        let position = try connection.rosterPosition(of: caller)
        guard position == Int64(clamping: request.roster) else { return false }
        if let bookmark, bookmark.position >= position { return true }
        guard let seal = request.rosterSeal.flatMap(RosterSeal.init(unchecked:)) else { return position == 0 }
        return try connection.holds(seal, as: identity)
    }

    /// Whether a client has to read its roster before the next page: it may read a scope now that it could not read when
    /// its bookmark came by. Segments of such a scope would arrive without those before them; once the client knows of the
    /// scope it names it, and gets it by vector. A client that keeps no roster (0) is spared this.
    private func mustLearnGrants(_ request: SyncRequest, _ caller: Caller) -> Bool {
        #if PLANTED_BUGS
            if planted(.grantsNotTaught) { return false }
        #endif
        return request.bookmark != nil && request.roster > 0 && Int64(clamping: request.roster) < caller.granted
    }

    /// - Returns: nil for a bookmark of another history: the relay was restored or replaced since.
    private func recognise(_ bytes: [UInt8], in connection: inout LogConnection) throws -> Bookmark? {
        #if PLANTED_BUGS
            if planted(.anyBookmark) { return Bookmark(bytes: bytes) }
        #endif
        guard let claimed = Bookmark(bytes: bytes), try connection.bookmark(at: claimed.position) == claimed else {
            return nil
        }
        return claimed
    }

    /// The relay's actual vector of every readable scope that was pushed to, asked about, or is part of the page.
    private func toldScopes(
        _ request: SyncRequest, _ receiver: PushReceiver, _ page: PageBuilder, _ caller: Caller,
        in connection: inout LogConnection
    ) throws -> (held: [HeldScope], reports: [ScopeReport]) {
        var scopes: [Int64: HeldScope] = [:]
        for number in page.touched { scopes[number] = try connection.scope(number: number) }
        for id in receiver.scopes.union(request.vectors.map(\.scope)) {
            #if PLANTED_BUGS
                if planted(.vectorsForAll), let scope = try connection.scope(id) { scopes[scope.number] = scope }
            #endif
            guard let scope = try connection.scope(id), caller.permission(for: scope.owner).read else { continue }
            scopes[scope.number] = scope
        }
        let held = scopes.values.sorted { $0.number < $1.number }
        let reports = try held.map { try connection.scopeReport(of: $0) }
        // A campaign that was not made, because its first segment was refused, is pushed from the start.
        let missing = try receiver.scopes.filter { try connection.scope($0) == nil }.sorted()
        return (held, reports + missing.map { ScopeReport(scope: $0, vector: VersionVector(), digest: nil) })
    }
}

/// A request that seemed to change nothing has something to write down: it is answered anew, on the connection that may.
struct NeedsWriting: Error {}
