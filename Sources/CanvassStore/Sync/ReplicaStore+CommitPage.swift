import CanvassCRDT
import CanvassSQLite
package import CanvassSync
package import CanvassWire

/// Taking an answer of the relay.
///
/// Invariants:
/// 1. Changes, vectors, roster and bookmark of one answer are committed in one transaction: the bookmark never runs
///    ahead of its data.
/// 2. An answer that cannot be applied whole changes nothing.
extension ReplicaStore {
    /// - Throws: `SegmentError`, `StoreError`; the replica is as it was.
    package func commitPage(
        _ answer: SyncAnswer, for request: SyncRequest, clockMilliseconds: Int64
    ) throws -> SyncProgress {
        let page = try answer.segments.map { bytes in
            let segment = try Segment(decoding: bytes)
            return (segment: segment, changes: try segment.changes())
        }
        #if PLANTED_BUGS
            if planted(.bookmarkBeforeData) { try database.write { try $0.setMeta(.bookmark, .blob(answer.bookmark)) } }
            if planted(.pageInPieces) { for item in page.dropLast() { _ = try? apply(item.changes) } }
        #endif
        return try database.write { connection in
            var workspace = Workspace()
            let offset = answer.time.subtractingReportingOverflow(clockMilliseconds)
            var progress = SyncProgress(
                hasAdvanced: answer.roster != nil || answer.bookmark != request.bookmark,
                clockOffset: offset.overflow ? (answer.time < 0 ? .min : .max) : offset.partialValue)
            let forgotten = try connection.forgottenScopes()
            let ownEnds = answer.scopes.isEmpty ? [:] : try connection.ownEnds()
            for (segment, changes) in page where !forgotten.contains(segment.scope) {
                progress.received += try changes.count { try workspace.apply($0, in: &connection) }
                try connection.keepSeals(of: segment)
            }
            if progress.received > 0 { progress.received += try workspace.applyPending(in: &connection) }
            if try connection.noteCaughtUp(page.map(\.segment), of: Set(request.vectors.map(\.scope))) {
                progress.hasAdvanced = true
            }
            for report in request.reports { try connection.markReported(report) }
            try workspace.flush(&connection)
            if let roster = answer.roster { try connection.replaceRoster(with: roster) }
            #if PLANTED_BUGS
                if planted(.everythingCovered) {
                    try connection.execute("UPDATE scope SET is_covered = 1 WHERE is_granted")
                }
            #endif
            try connection.takeRelayVectors(of: answer, for: request, ownEnds, &workspace, &progress)
            #if PLANTED_BUGS
                if planted(.pushRemembered), !request.push.isEmpty { try connection.rememberAllAsPushed() }
            #endif
            let retriesSeals = try answer.roster != nil && connection.retryUnknownAuthors()
            try connection.noteRefusals(of: answer, for: request, &progress)
            try connection.findPushable(after: answer, retryingSeals: retriesSeals, &progress)
            progress.covered = try connection.cover(answer, request)
            try connection.forgetCaughtUp()
            progress.hasUncoveredScopes = try connection.hasUncoveredScopes()
            try connection.setMeta(.bookmark, .blob(answer.bookmark))
            try connection.noteBackup(upTo: answer.backup)
            try connection.setMeta(.lastSync, .integer(clockMilliseconds))
            try connection.run(
                "INSERT INTO clock (time, offset) VALUES (?1, ?2)", .integer(clockMilliseconds),
                .integer(progress.clockOffset))
            return progress
        }
    }

    /// Forgets the bookmark and everything that was known of the relay: it is another one, or an older self.
    package func forgetRelayPosition() throws {
        try database.write { connection in
            #if PLANTED_BUGS
                if planted(.resetKeepsBookmark) { return }
            #endif
            for key in [MetaKey.bookmark, .backup, .rosterPosition] { try connection.setMeta(key, .null) }
            #if PLANTED_BUGS
                if planted(.resetKeepsVectors) { return try connection.execute("UPDATE scope SET is_covered = 0") }
            #endif
            for table in Schema.tablesOfTheRelay { try connection.execute("DELETE FROM \(table)") }
            try connection.run("UPDATE scope SET is_covered = 0")
        }
    }
}

extension Connection {
    /// Keeps what the relay holds, as it told, with its seals, and finds out what of it is new.
    ///
    /// - Parameter ownEnds: the ends of the own branches before the answer: what lies behind them came with it.
    fileprivate mutating func takeRelayVectors(
        of answer: SyncAnswer, for request: SyncRequest, _ ownEnds: [Int64: UInt64], _ workspace: inout Workspace,
        _ progress: inout SyncProgress
    ) throws {
        if let seal = answer.rosterSeal { try keepRosterSeal(seal) }
        guard !answer.scopes.isEmpty else { return }
        let heldBefore = try ownChangesHeldByRelay()
        let carried = try carriedEnds(in: request, except: answer.refused)
        let missing = try carried.filter { try !isHeldByRelay($0) }
        for report in answer.scopes {
            try setRelayVector(report, workspace: &workspace)
            try noteTold(report, at: answer.position)
            if let digest = report.digest, try differs(from: digest, report) {
                progress.divergent.append(report.scope)
            }
        }
        try keep(answer.seals)
        try confirmProvisional()
        // By branch, not by the highest number: of a copied replica the other branch may be the longer one.
        for (scope, held) in try ownChangesHeldByRelay() {
            let (before, end) = (heldBefore[scope] ?? 0, ownEnds[scope] ?? 0)
            if min(held, end) > before { progress.pushed += Int(clamping: min(held, end) - before) }
        }
        for end in missing where try isHeldByRelay(end) { progress.carried += end.count }
        // Until the bookmark has passed what was pushed, a relay that goes back to an older self may lose it unnoticed.
        if answer.more {
            for scope in Set(request.push.compactMap { try? Segment(decoding: $0).scope }) {
                try run("UPDATE scope SET is_covered = 0 WHERE scope = ?1", .blob(scope.bytes))
            }
        }
    }

    /// Finds the scopes of which something can be pushed now, as the answer told or because more seals may hold now.
    fileprivate mutating func findPushable(
        after answer: SyncAnswer, retryingSeals: Bool, _ progress: inout SyncProgress
    ) throws {
        guard retryingSeals || !answer.scopes.isEmpty else { return }
        let told = Set(answer.scopes.map(\.scope))
        for scope in try outstandingScopes() where told.contains(scope.id) || (retryingSeals && scope.isTold) {
            var outbox = Outbox(limits: .leastRun)
            _ = try fill(&outbox, from: scope)
            if !outbox.runs.isEmpty { progress.toPush.insert(scope.id) }
        }
    }

    /// Remembers which seals the relay could not go by, so that nothing is pushed in vain again and again.
    fileprivate mutating func noteRefusals(
        of answer: SyncAnswer, for request: SyncRequest, _ progress: inout SyncProgress
    ) throws {
        for refusal in answer.refused {
            guard let state = SealState(refusal), let segment = request.pushed(refusal) else { continue }
            try note(state, on: segment)
            progress.hasAdvanced = true
        }
    }

    /// A report counts only while the scope is still in the state that was told.
    fileprivate mutating func markReported(_ report: ScopeReport) throws {
        guard let digest = report.digest else { return }
        try run(
            "UPDATE scope SET is_reported = 1 WHERE scope = ?1 AND digest = ?2", .blob(report.scope.bytes),
            .integer(Int64(bitPattern: digest.rawValue)))
    }

    /// Keeps the relay's vector of a scope.
    fileprivate mutating func setRelayVector(_ report: ScopeReport, workspace: inout Workspace) throws {
        let row = try workspace.withScope(report.scope, in: &self) { scope, _, _ in scope.row }
        try run("DELETE FROM relay_tip WHERE scope = ?1", .integer(row))
        for dot in report.vector.dots {
            try run(
                "INSERT INTO relay_tip (scope, replica, sequence, \"check\") VALUES (?1, ?2, ?3, ?4)", .integer(row),
                .integer(try workspace.row(of: dot.replica, in: &self)), .integer(Int64(bitPattern: dot.sequence)),
                .integer(Int64(bitPattern: dot.check)))
        }
    }

    /// Whether another replica with exactly this vector reported another digest (rule 11).
    fileprivate mutating func differs(from digest: StateDigest, _ report: ScopeReport) throws -> Bool {
        guard try vector(of: report.scope) == report.vector else { return false }
        var statement = try cached("SELECT digest FROM scope WHERE scope = ?1")
        try statement.bind(report.scope.bytes, at: 1)
        return try statement.step() && UInt64(bitPattern: statement.int64(at: 0)) != digest.rawValue
    }

    /// Marks the scopes that the bookmark covers from now on. The first page of a replica without a bookmark starts at
    /// the beginning of the relay's log, so it covers every scope that was not asked for by vector.
    fileprivate mutating func cover(_ answer: SyncAnswer, _ request: SyncRequest) throws -> Int {
        var covered = 0
        for scope in answer.covered {
            try run("UPDATE scope SET is_covered = 1 WHERE scope = ?1 AND NOT is_covered", .blob(scope.bytes))
            covered += Int(changes)
        }
        if request.bookmark == nil, answer.roster != nil {
            let asked = Set(request.vectors.map(\.scope))
            for owner in answer.roster?.scopes ?? [] where !asked.contains(owner.scope) {
                try run("UPDATE scope SET is_covered = 1 WHERE scope = ?1 AND NOT is_covered", .blob(owner.scope.bytes))
                covered += Int(changes)
            }
        }
        return covered
    }

    fileprivate mutating func hasUncoveredScopes() throws -> Bool {
        var statement = try cached(
            """
            SELECT 1 FROM scope WHERE is_granted AND NOT is_covered AND scope NOT IN (SELECT scope FROM forgotten) LIMIT 1
            """)
        return try statement.step()
    }

    /// Takes over what the relay says of memberships, scopes, people and teams.
    fileprivate mutating func replaceRoster(with roster: Roster) throws {
        try setMeta(.organisation, .blob(roster.organisation.bytes))
        try setMeta(.rosterPosition, .integer(Int64(clamping: roster.position)))
        if let certificate = roster.certificate { try setMeta(.certificate, .blob(certificate)) }
        try execute("DELETE FROM member; DELETE FROM device; DELETE FROM team; UPDATE scope SET is_granted = 0;")
        for owner in roster.scopes {
            try run(
                """
                INSERT INTO scope (scope, kind, owner, campaign, team, is_granted) VALUES (?1, ?2, ?3, ?4, ?5, 1)
                ON CONFLICT (scope) DO UPDATE SET campaign = ?4, team = ?5, is_granted = 1
                """,
                .blob(owner.scope.bytes), .text(owner.scope.kind.name), .blob(owner.scope.id.bytes),
                owner.campaign.map { .blob($0.bytes) } ?? .null, owner.team.map { .blob($0.bytes) } ?? .null)
        }
        // What is withdrawn and granted again later has missed what came in between.
        try run("UPDATE scope SET is_covered = 0 WHERE NOT is_granted")
        let own = Set(roster.own)
        for person in roster.people {
            let membership = person.membership
            try run(
                """
                INSERT OR REPLACE INTO member (id, name, campaign, roles, team, language, is_own)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                """,
                .blob(membership.member.bytes), .text(person.name),
                membership.campaign.map { .blob($0.bytes) } ?? .null,
                .text(membership.roles.sorted().map(\.rawValue).joined(separator: " ")),
                membership.team.map { .blob($0.bytes) } ?? .null, person.language.map { .text($0) } ?? .null,
                .integer(own.contains(membership.member) ? 1 : 0))
            for device in person.devices {
                try run(
                    "INSERT OR IGNORE INTO device (id, member) VALUES (?1, ?2)", .blob(device.bytes),
                    .blob(membership.member.bytes))
            }
        }
        for team in roster.teams {
            try run("INSERT OR REPLACE INTO team (id, name) VALUES (?1, ?2)", .blob(team.id.bytes), .text(team.name))
        }
    }
}

#if PLANTED_BUGS
    extension Connection {
        fileprivate mutating func rememberAllAsPushed() throws {
            try execute(
                """
                INSERT OR IGNORE INTO relay_tip (scope, replica, sequence, "check")
                SELECT scope, replica, sequence, "check" FROM tip WHERE is_own
                """)
        }
    }
#endif
