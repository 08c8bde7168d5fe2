import CanvassCRDT
import CanvassStore
import CanvassSync
import CanvassWire

/// The client's side of a sync: the engine's state machine, driven by the queue.
extension Simulation {
    func beginSync(_ node: Node, seed: UInt64) throws {
        guard node.exchange == nil, !node.token.isEmpty else { return }
        let link = Link(seed: isHealing ? 0 : seed, tape: tape)
        let replica = node.processes[Int(seed % UInt64(node.processes.count))]
        let exchange = Exchange(node: node, replica: replica, link: link)
        node.exchange = exchange
        try advance(exchange, .start)
    }

    func resume(_ exchange: Exchange) throws {
        guard exchange.outcome == nil else { return }
        try advance(exchange, .paused)
    }

    func fail(_ exchange: Exchange, _ attempt: Int, _ failure: SyncFailure) throws {
        guard exchange.accepts(attempt) else { return }
        try advance(exchange, .failed(failure))
    }

    /// Takes what came back for a request: an answer, or a connection that broke.
    func take(_ bytes: [UInt8]?, _ exchange: Exchange, _ attempt: Int) throws {
        guard exchange.accepts(attempt) else { return }
        guard let reply = bytes.flatMap(HTTPReply.init) else {
            return try advance(exchange, .failed(.interrupted("the connection broke")))
        }
        let answer: SyncAnswer
        do {
            answer = try SyncAnswer(status: reply.status, contentType: reply.contentType, body: reply.body)
        } catch {
            return try advance(exchange, .failed(error))
        }
        try advance(exchange, .answered(answer))
    }

    /// Feeds one event to the session, and does what it asks for until it has to wait.
    private func advance(_ exchange: Exchange, _ event: SyncSession.Event) throws {
        var event: SyncSession.Event? = event
        while let next = event {
            let actions = exchange.session.handle(next)
            event = nil
            for action in actions { event = try perform(action, exchange) }
        }
    }

    /// - Returns: the event that answers the action; nil where it comes later, or never.
    private func perform(_ action: SyncSession.Action, _ exchange: Exchange) throws -> SyncSession.Event? {
        let node = exchange.node
        let clock = node.clock(at: now)
        switch action {
        case .prepare(let withheld, let quarterings):
            let limits = limits.quartered(times: quarterings)
            let prepared = try attempt(node, exchange.replica, .nothing) { store in
                try store.prepareSync(withholding: withheld, clockMilliseconds: clock, limits: limits)
            }
            return prepared.map { .prepared($0.request, hasMoreToPush: $0.hasMoreToPush) }
        case .send(let request): send(request, exchange)
        case .forget:
            note("node \(node.number) forgets its bookmark")
            return try attempt(node, exchange.replica, .nothing) { store in try store.forgetRelayPosition() }.map {
                .forgotten
            }
        case .commit(let answer, let request):
            return try commit(answer, request, exchange).map { .committed($0) }
        case .pause(let losses):
            queue.add(.resume(exchange), at: now + 250 << Int64(min(losses, 6)), tie: random.next())
        case .finish(let summary):
            finish(exchange, .finished(summary))
            try check(summary, node)
            _ = try attempt(node, exchange.replica, .nothing) { store in try store.removeRemains() }
        case .fail(let failure, _):
            finish(exchange, .failed(failure))
            if case .refused(let problem) = failure, problem.kind == .unknownToken,
                try enrolAgain(node, exchange.replica)
            {
                return nil
            }
            try check(failure, node, isLate: true)
        }
        return nil
    }

    private func names(of segments: [[UInt8]]) -> [String] {
        segments.map { bytes in
            guard let segment = try? Segment(decoding: bytes) else { return "nothing that is a segment" }
            return "\(segment.scope.kind.name) \(segment.replica):\(segment.firstSequence)-\(segment.lastSequence)"
        }
    }

    private var limits: SyncLimits {
        var limits = SyncLimits()
        guard !isHealing else { return limits }
        if tape[.pageBytes] > 0 { limits.pageBytes = UInt64(tape[.pageBytes]) }
        if tape[.pushBytes] > 0 { limits.pushBytes = tape[.pushBytes] }
        if tape[.segmentChanges] > 0 { limits.segmentChanges = tape[.segmentChanges] }
        return limits
    }

    private func finish(_ exchange: Exchange, _ outcome: Exchange.Outcome) {
        note("node \(exchange.node.number) ends its sync: \(outcome)")
        exchange.outcome = outcome
        if exchange.node.exchange === exchange { exchange.node.exchange = nil }
    }

    private func send(_ request: SyncRequest, _ exchange: Exchange) {
        let node = exchange.node
        exchange.attempt += 1
        exchange.isWaiting = true
        let attempt = exchange.attempt
        guard node.isolatedUntil <= now || isHealing else {
            queue.add(.unreachable(exchange, attempt: attempt), at: now + 20, tie: random.next())
            return
        }
        let bytes = HTTPText.request(path: "/v1/sync", token: node.token, body: request.encoded())
        note(
            "node \(node.number) sends \(bytes.count) bytes: \(names(of: request.push)), names \(request.vectors.map(\.scope))"
        )
        func arrive(after delay: Int64, _ count: Int) {
            let arrival = Arrival(
                sender: .exchange(exchange, attempt: attempt), node: node, bytes: Array(bytes.prefix(count)),
                isWhole: count == bytes.count, request: request)
            queue.add(.arrival(arrival), at: now + delay, tie: random.next())
        }
        queue.add(.answer(exchange, attempt: attempt, bytes: nil), at: now + Link.patience, tie: random.next())
        switch exchange.link.request() {
        case .arrives(let delay), .late(let delay): arrive(after: delay, bytes.count)
        case .twice(let delay, let again):
            arrive(after: delay, bytes.count)
            arrive(after: again, bytes.count)
        case .torn(let delay, let share):
            arrive(after: delay, Int(Double(bytes.count) * share))
            queue.add(.answer(exchange, attempt: attempt, bytes: nil), at: now + delay, tie: random.next())
        case .lost: break
        }
    }

    /// Commits a page and books what it brought.
    private func commit(_ answer: SyncAnswer, _ request: SyncRequest, _ exchange: Exchange) throws -> SyncProgress? {
        let node = exchange.node
        var page: [Change] = []
        for bytes in answer.segments { page += try Segment(decoding: bytes).changes() }
        let new = page.filter { node.held[$0.scope]?.contains($0.dot) != true }
        let progress = try attempt(node, exchange.replica, .page(new)) { store in
            try store.commitPage(answer, for: request, clockMilliseconds: node.clock(at: now))
        }
        guard let progress else { return nil }
        note(
            "node \(node.number) commits \(names(of: answer.segments)), refused \(answer.refused), received "
                + "\(progress.received), pushed \(progress.pushed), carried \(progress.carried), to push "
                + "\(progress.toPush.sorted())")
        let before = node.count
        if progress.received == Set(new).count {
            for change in page { node.hold(change) }
        } else if !node.pending.isEmpty {
            // What waited for the page came in with it.
            try verify(node, .page(new))
        }
        guard progress.received == node.count - before else {
            throw SimulationFailure(
                .redelivery, "node \(node.number) counts \(progress.received) new changes, \(Set(new).count) came")
        }
        try checkBookmark(node, exchange.replica.store)
        if let scope = progress.divergent.first {
            throw SimulationFailure(.merge, "node \(node.number) is told of another digest of \(scope)")
        }
        return progress
    }
}
