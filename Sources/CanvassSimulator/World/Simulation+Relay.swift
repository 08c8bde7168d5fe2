import CanvassCRDT
import CanvassRelay
import CanvassSync
import CanvassWire

/// The relay's side: what comes in, its turn, and what goes out.
extension Simulation {
    func receive(_ arrival: Arrival) {
        inbox.append(arrival)
        guard !isTurnPlanned else { return }
        isTurnPlanned = true
        // What arrives until then shares the turn, and with it the commit.
        queue.add(.turn, at: now + Int64(random.below(3)), tie: random.next())
    }

    func takeTurn() throws {
        isTurnPlanned = false
        let arrivals = inbox
        inbox = []
        let before = organisation
        let inputs = arrivals.map { arrival in pieces(of: arrival).map { arrival.bytes[$0] } }
        let answers = relay.turn(inputs, unixSeconds: now / 1_000)
        if relay.hasCrashed {
            for arrival in arrivals { reply(nil, to: arrival) }
            return try restartRelay()
        }
        try learnLog()
        for (arrival, answer) in zip(arrivals, answers) {
            if let answer, arrival.isWhole { try examine(answer, to: arrival, before) }
            reply(answer, to: arrival)
        }
        try checkRelayLog()
    }

    private func pieces(of arrival: Arrival) -> [Range<Int>] {
        guard case .exchange(let exchange, _) = arrival.sender else { return [0..<arrival.bytes.count] }
        return exchange.link.pieces(of: arrival.bytes.count)
    }

    private func reply(_ bytes: [UInt8]?, to arrival: Arrival) {
        guard case .exchange(let exchange, let attempt) = arrival.sender, exchange.outcome == nil else { return }
        func send(_ bytes: [UInt8]?, after delay: Int64) {
            queue.add(.answer(exchange, attempt: attempt, bytes: bytes), at: now + delay, tie: random.next())
        }
        guard let bytes else { return send(nil, after: 1) }
        note("the relay answers node \(arrival.node.number) with \(bytes.count) bytes")
        trace.mix(bytes: bytes)
        switch exchange.link.answer() {
        case .arrives(let delay), .late(let delay), .twice(let delay, _): send(bytes, after: delay)
        case .torn(let delay, let share): send(Array(bytes.prefix(Int(Double(bytes.count) * share))), after: delay)
        case .lost: break
        }
    }

    /// Adds what is new in the relay's log to the books.
    func learnLog() throws {
        for change in try relay.readLog() {
            let isNew = ledger[change.scope]?.number(of: change.dot) == nil
            if isNew {
                // The relay itself writes the roster, and marks in every scope.
                guard relay.replicas.contains(change.replica) || start.log.contains(change) else {
                    throw SimulationFailure(
                        .authorship, "the relay holds \(change.dot) of \(change.scope), which nobody made")
                }
                try ledger[change.scope, default: ScopeModel()].add(change)
            }
            try checkRevoked(change)
            guard change.scope.kind == .roster, let roster = ledger[change.scope] else { continue }
            try organisation.replay(change.dot, of: roster)
            if isNew { try people.replay(change.dot, of: roster) }
        }
    }

    /// Checks what an answer says and shows, and books what it acknowledges.
    ///
    /// - Parameter before: who could do what before the turn: requests of one turn are answered one after the other.
    private func examine(_ bytes: [UInt8], to arrival: Arrival, _ before: Organisation) throws {
        guard let reply = HTTPReply(bytes) else {
            throw SimulationFailure(.errors, "the relay's answer is no HTTP")
        }
        let answer: SyncAnswer
        do {
            answer = try SyncAnswer(status: reply.status, contentType: reply.contentType, body: reply.body)
        } catch {
            return try check(error, arrival.node, isLate: false)
        }
        try checkPermission(answer, arrival.node, before)
        try checkRoster(arrival, before)
        guard !answer.isReset else { return }
        let refused = Set(answer.refused.map { "\($0.scope) \($0.replica) \($0.firstSequence)" })
        for bytes in arrival.request.push {
            guard let segment = try? Segment(decoding: bytes), let changes = try? segment.changes() else { continue }
            guard !refused.contains("\(segment.scope) \(segment.replica) \(segment.firstSequence)") else { continue }
            for change in changes {
                guard relay.held[change.scope]?.contains(change.dot) == true else {
                    throw SimulationFailure(
                        .durability, "the relay took \(change.dot) of \(change.scope) and does not hold it")
                }
                relay.acknowledge(change)
            }
        }
    }

    /// Runs something that an operator does on the relay's machine.
    ///
    /// - Returns: nil where the relay refused or crashed.
    func attemptOnRelay<T>(_ body: () throws -> T) throws -> T? {
        do {
            return try body()
        } catch {
            if relay.hasCrashed {
                try restartRelay()
                return nil
            }
            try checkRelayLog()
            // What a relay lost an operator cannot name.
            if error is SyncFailure || error is RelayFailure && hasRelayGoneBack { return nil }
            throw SimulationFailure(.errors, "an operator's command failed: \(error)")
        }
    }

    func crashRelay(isPowerCut: Bool) throws {
        relay.stop()
        if isPowerCut { relay.machine.cutPower(using: &random) }
        try startRelay()
    }

    func retrieveRelay() throws {
        guard let copy = relay.copy else { return }
        note("the relay goes back")
        hasRelayGoneBack = true
        relay.acknowledged = copy.acknowledged
        try relay.restart(from: copy.image)
        try learnAgain()
    }

    func wipeRelay() throws {
        note("the relay loses everything")
        hasRelayGoneBack = true
        relay.acknowledged = [:]
        try relay.restart(from: nil)
        try learnAgain()
    }

    func restartRelay() throws {
        note("the relay starts again")
        let isPowerCut = relay.fault?.kind == .cut
        // What a process says that dies is of no interest.
        _ = relay.surroundings.takeLines()
        relay.stop()
        if isPowerCut { relay.machine.cutPower(using: &random) }
        try startRelay()
    }

    private func startRelay() throws {
        try relay.start()
        try learnAgain()
    }

    /// Reads the whole log of a relay that has just started.
    private func learnAgain() throws {
        organisation = start.organisation
        try learnLog()
        for (scope, dots) in relay.acknowledged {
            let lost = dots.subtracting(relay.held[scope] ?? [])
            if let dot = lost.min() {
                throw SimulationFailure(.durability, "the relay lost \(dot) of \(scope), and \(lost.count - 1) more")
            }
        }
        try checkRelayLog()
    }
}
