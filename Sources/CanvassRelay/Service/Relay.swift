package import CanvassHTTP
package import CanvassHTTPServer
import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassWire
import Synchronization

/// A relay on its data directory.
///
/// Invariants:
/// 1. Everything that is asked is answered from the database as it stands, so what another process changes there (an
///    invite, a revocation) counts from the next request on.
/// 2. All requests of a turn that write share one transaction, each in a savepoint of its own; what only reads is answered
///    from a snapshot taken after the commit. No answer of a writer is made before the commit: if it fails, each of them
///    becomes an error.
package final class Relay: Sendable {
    package let database: any LogDatabase
    let identity: RelayIdentity
    let environment: RelayEnvironment
    let metrics = RelayMetrics()
    let condition = Mutex(RelayCondition())
    /// Of the schedule, where there is one.
    let backups = Mutex(BackupRecord())
    let startMilliseconds: Int64
    private let visits = Mutex(RecentVisits())
    let watchers = Mutex(Watchers())
    let limiter: Mutex<RateLimiter>

    /// - Parameter sheet: of the relay that a new one takes the place of.
    /// - Throws: `RelayFailure` for a sheet of another organisation, or the database's own error.
    package init(
        _ database: any LogDatabase, recovering sheet: RecoverySheet? = nil, environment: RelayEnvironment = .system()
    ) throws {
        self.database = database
        self.environment = environment
        startMilliseconds = environment.now()
        limiter = Mutex(RateLimiter(environment.limits))
        identity = try database.write { connection in
            let identity = try connection.identity() ?? connection.createIdentity(environment, from: sheet)
            // A file of schema version 1 has none yet.
            if try connection.meta(.rosterSeal) == nil { try connection.sealRoster(as: identity) }
            return identity
        }
        forgetErased()
        if let sheet, sheet != recoverySheet {
            throw RelayFailure(
                "\(database.name) is the database of another organisation than the sheet's",
                remedy: "name an empty folder with --data")
        }
    }

    /// Opens the database in a file.
    ///
    /// - Parameter creating: whether a missing database is made.
    /// - Throws: also `RelayFailure` for a file of another program or a newer version; `OpenError` or `SQLiteError`.
    package convenience init(
        path: String, creating: Bool = true, recovering sheet: RecoverySheet? = nil,
        environment: RelayEnvironment = .system()
    ) throws {
        let options = DatabaseOptions(mode: creating ? .create : .readWrite, disk: environment.disk)
        try self.init(SQLiteLog(path: path, options: options), recovering: sheet, environment: environment)
    }
}

extension Relay: HTTPHandler {
    package func handle(_ batch: [HTTPIncomingRequest]) -> [HTTPResponse] {
        let calls = batch.map { admitted(RelayCall($0, for: environment), from: $0) }
        var written = [RelayOutcome?](repeating: nil, count: batch.count)
        let writers = calls.indices.filter { needsWriting(calls[$0]) }
        if !writers.isEmpty {
            for (index, outcome) in zip(writers, write(writers.map { calls[$0] })) { written[index] = outcome }
        }
        let outcomes = zip(calls, written).map { $1 ?? read($0) }
        metrics.record(outcomes, of: batch)
        for (index, outcome) in outcomes.enumerated() { note(calls[index], outcome.response, from: batch[index]) }
        for (incoming, outcome) in zip(batch, outcomes) {
            recordAccess(incoming, outcome)
            recordDeed(incoming, outcome)
        }
        return outcomes.map(\.response)
    }

    package func wasSpared(_ failure: HTTPFailure, from peer: HTTPAddress) { recordRefusal(failure, from: peer) }

    package func willEnd() {
        condition.withLock { $0.isEnding = true }
        environment.log.record(.info, "stopping", at: environment.now())
    }

    /// Answers calls in one transaction.
    private func write(_ calls: [RelayCall]) -> [RelayOutcome] {
        let start = environment.clock.monotonic()
        do {
            try database.beginWrite()
        } catch {
            return fail(calls, error, since: start)
        }
        var memory = LogMemory()
        var outcomes = calls.map { call in
            do {
                return try database.withOpenWrite { connection in
                    swap(&connection.memory, &memory)
                    defer { swap(&connection.memory, &memory) }
                    return try answer(call, isWriting: true, in: &connection)
                }
            } catch {
                memory = LogMemory()
                return failure(error, for: call)
            }
        }
        do {
            try database.commitWrite()
        } catch {
            #if PLANTED_BUGS
                if planted(.answersBeforeCommit) { return outcomes }
            #endif
            return fail(calls, error, since: start)
        }
        condition.withLock { $0.commitFailure = nil }
        let elapsed = environment.clock.monotonic() - start
        metrics.recordCommit(size: calls.count, elapsed: elapsed, failed: false)
        for index in outcomes.indices {
            outcomes[index].elapsed = elapsed
            remember(calls[index], outcomes[index].response)
        }
        forgetErased()
        return outcomes
    }

    /// Nothing of the turn was kept.
    private func fail(_ calls: [RelayCall], _ error: any Error, since start: Duration) -> [RelayOutcome] {
        condition.withLock { $0.commitFailure = "\(error)" }
        let elapsed = environment.clock.monotonic() - start
        metrics.recordCommit(size: calls.count, elapsed: elapsed, failed: true)
        return calls.map { call in
            var outcome = failure(error, for: call)
            outcome.elapsed = elapsed
            return outcome
        }
    }

    /// Takes what was erased out of the write-ahead log. Where another process is reading, the next turn tries again, and so
    /// does the next start.
    private func forgetErased() {
        do {
            guard try database.read({ try $0.metaInteger(.erasedInLog) }) != 0, try database.forgetErased() else {
                return
            }
            try database.write { connection in try connection.setMeta(.erasedInLog, .integer(0)) }
        } catch {
            environment.log.record(
                .error, "erased bodies are still in the write-ahead log", at: environment.now(),
                ["error": .text("\(error)")])
        }
    }

    private func read(_ call: RelayCall) -> RelayOutcome {
        let start = environment.clock.monotonic()
        var outcome: RelayOutcome
        do {
            outcome = try database.read { connection in try answer(call, isWriting: false, in: &connection) }
        } catch is NeedsWriting {
            return write([call])[0]
        } catch {
            outcome =
                if case .ready = call.action {
                    RelayOutcome(Self.readiness(["the database cannot be read: \(error)"]))
                } else {
                    failure(error, for: call)
                }
        }
        outcome.elapsed = environment.clock.monotonic() - start
        return outcome
    }

    /// Whether a call may change anything: what does not is answered without a commit.
    private func needsWriting(_ call: RelayCall) -> Bool {
        switch call.action {
        case .health, .ready, .metrics, .watch, .refuse: false
        case .join: true
        case .sync(let request, let tokenHash):
            !request.push.isEmpty || !request.reports.isEmpty
                || visits.withLock { !$0.isRecent(tokenHash, Visit(request, now: environment.now())) }
        }
    }

    private func remember(_ call: RelayCall, _ response: HTTPResponse) {
        guard case .sync(let request, let tokenHash) = call.action, response.status == 200 else { return }
        visits.withLock { $0.remember(tokenHash, Visit(request, now: environment.now())) }
    }
}
