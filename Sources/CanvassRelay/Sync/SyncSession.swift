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
    /// - Throws: `Problem` when the token is not good.
    func answer(
        _ request: SyncRequest, tokenHash: [UInt8], isWriting: Bool, in connection: inout Connection
    ) throws -> SyncAnswer {
        let caller = try connection.caller(tokenHash: tokenHash)
        let now = environment.now()
        var receiver = PushReceiver(
            caller: caller, identity: identity, receivedMilliseconds: now,
            clockOffsetMilliseconds: Visit(request, now: now).clockOffset)
        if isWriting {
            try receiver.take(request.push, in: &connection)
            try DigestReports(caller: caller, environment: environment).take(request.reports, in: &connection)
            try connection.run(
                "UPDATE device SET last_sync = ?2, clock_offset = ?3 WHERE id = ?1", .blob(caller.device.bytes),
                .integer(now), .integer(receiver.clockOffsetMilliseconds))
        }
        let bookmark: Bookmark?
        if let bytes = request.bookmark {
            bookmark = try recognise(bytes, in: &connection)
            if bookmark == nil { return SyncAnswer(isReset: true, time: now) }
        } else {
            bookmark = nil
        }
        let rosterPosition = try connection.rosterPosition(of: caller)
        let isRosterKnown = rosterPosition == Int64(clamping: request.roster)
        var page = PageBuilder(
            caller: caller, bookmark: bookmark, pushed: receiver.positions, pageBytes: request.pageBytes)
        let isHeldBack = !isRosterKnown && mustLearnGrants(request, caller)
        if !isHeldBack { try page.build(request.vectors, in: &connection) }
        var answer = SyncAnswer(
            segments: page.segments, bookmark: page.bookmark.bytes, covered: page.covered, refused: receiver.refused,
            more: page.more || isHeldBack, time: now)
        answer.scopes = try reports(request, receiver, page, caller, in: &connection)
        if !isRosterKnown {
            answer.roster = try connection.roster(of: caller, as: identity, at: now)
        }
        return answer
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
    private func recognise(_ bytes: [UInt8], in connection: inout Connection) throws -> Bookmark? {
        #if PLANTED_BUGS
            if planted(.anyBookmark) { return Bookmark(bytes: bytes) }
        #endif
        guard let claimed = Bookmark(bytes: bytes), try connection.bookmark(at: claimed.position) == claimed else {
            return nil
        }
        return claimed
    }

    /// The relay's actual vector of every readable scope that was pushed to, asked about, or is part of the page.
    private func reports(
        _ request: SyncRequest, _ receiver: PushReceiver, _ page: PageBuilder, _ caller: Caller,
        in connection: inout Connection
    ) throws -> [ScopeReport] {
        var scopes: [Int64: HeldScope] = [:]
        for number in page.touched { scopes[number] = try connection.scope(number: number) }
        for id in receiver.scopes.union(request.vectors.map(\.scope)) {
            #if PLANTED_BUGS
                if planted(.vectorsForAll), let scope = try connection.scope(id) { scopes[scope.number] = scope }
            #endif
            guard let scope = try connection.scope(id), caller.permission(for: scope.owner).read else { continue }
            scopes[scope.number] = scope
        }
        let held = try scopes.keys.sorted().compactMap { number in
            try scopes[number].map { try connection.scopeReport(of: $0) }
        }
        // A campaign that was not made, because its first segment was refused, is pushed from the start.
        let missing = try receiver.scopes.filter { try connection.scope($0) == nil }.sorted()
        return held + missing.map { ScopeReport(scope: $0, vector: VersionVector(), digest: nil) }
    }
}
