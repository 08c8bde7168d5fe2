import CanvassHTTP

/// From sockets to the batch.
extension HTTPServer {
    func accept(from listener: Listener) throws(HTTPServerError) {
        // Someone waits and there is no place.
        guard connections.count < configuration.connectionCount else { return try pauseAccepting(until: now) }
        for _ in 0..<min(Self.arrivalsPerTurn, configuration.connectionCount - connections.count) {
            switch try listener.accept() {
            case .connection(let descriptor, let peer):
                guard open(descriptor, peer: peer, localPort: listener.address.port) else {
                    return try pauseAccepting(until: now + Self.exhaustionPause)
                }
            case .lost:
                continue
            case .none:
                return
            case .exhausted:
                return try pauseAccepting(until: now + Self.exhaustionPause)
            }
        }
    }

    /// False, and the connection is closed, when the system cannot watch one more descriptor.
    private func open(_ descriptor: consuming FileDescriptor, peer: HTTPAddress, localPort: UInt16) -> Bool {
        lastToken += 1
        let connection = Connection(
            descriptor, id: lastToken, peer: peer, localPort: localPort, limits: configuration.limits)
        do throws(HTTPServerError) {
            try poller.add(connection.descriptor, token: connection.id, interest: .reading)
        } catch {
            return false
        }
        connections[connection.id] = connection
        counts.acceptedConnections += 1
        enter(.idle, connection, restarting: true)
        return true
    }

    /// Leaves new connections in the kernel's queue, where they wait instead of being refused.
    private func pauseAccepting(until time: Duration) throws(HTTPServerError) {
        for listener in listeners {
            try poller.change(listener.descriptor, token: listener.token, interest: .nothing)
        }
        isAcceptingPaused = true
        counts.acceptPauses += 1
        resumesAccepting = time
    }

    func resumeAccepting() throws(HTTPServerError) {
        guard isAcceptingPaused, connections.count < configuration.connectionCount, now >= resumesAccepting else {
            return
        }
        isAcceptingPaused = false
        for listener in listeners {
            try poller.change(listener.descriptor, token: listener.token, interest: .reading)
        }
    }

    /// Reads once, so that no connection holds up the others. False when nothing had come.
    @discardableResult
    func receive(_ connection: Connection) -> Bool {
        switch readBuffer.withUnsafeMutableBytes({ connection.receive(into: $0) }) {
        case .bytes(let count):
            counts.receivedBytes += count
            connection.parser.feed(readBuffer.span.extracting(first: count))
            collect(connection)
            return true
        case .wouldBlock:
            return false
        case .ended, .broken:
            // Whatever was complete has been answered; what was begun can no longer be completed.
            close(connection)
            return false
        }
    }

    /// Moves the complete requests of a connection to the batch.
    func collect(_ connection: Connection) {
        var share = Share(connection: connection, requestCount: 0, tail: .nothing)
        // A few bytes can become many: what comes after the limit is decoded in the next turn.
        reading: while share.requestCount < configuration.pipelinedRequestCount,
            decodedByteCount < configuration.decodedBytesPerTurn
        {
            switch connection.parser.next() {
            case .needMore:
                break reading
            case .expectContinue:
                share.tail = .continueMessage
            case .request(var request):
                // A body that came without waiting needs no invitation (RFC 9110 section 10.1.1).
                share.tail = .nothing
                do throws(HTTPFailure) {
                    if try request.decodeBody(limit: configuration.limits.body) {
                        decodedByteCount += request.body.count
                    }
                } catch {
                    share.tail = .failure(error)
                    break reading
                }
                share.requestCount += 1
                batch.append(
                    HTTPIncomingRequest(
                        request: request, connectionID: connection.id, peer: connection.peer,
                        localPort: connection.localPort))
            case .failure(let failure):
                share.tail = .failure(failure)
                break reading
            }
        }
        let isPaused =
            share.requestCount == configuration.pipelinedRequestCount
            || decodedByteCount >= configuration.decodedBytesPerTurn
        connection.hasBacklog = isPaused && (connection.parser.phase == .head || connection.parser.phase == .body)
        countHeldBytes(of: connection)
        if incompleteRequestBytes > configuration.incompleteRequestBytes, connection.parser.phase != .idle,
            !connection.hasBacklog
        {
            share.tail = .failure(
                HTTPFailure(status: 503, reason: "Too many requests are being received at once: try again later."))
        }
        shares.append(share)
    }

    func countHeldBytes(of connection: Connection) {
        let held = connection.parser.heldByteCount
        incompleteRequestBytes += held - connection.countedBytes
        connection.countedBytes = held
    }

    /// Reads what a client sends that has had its last answer.
    func discard(_ connection: Connection) {
        switch readBuffer.withUnsafeMutableBytes({ connection.receive(into: $0) }) {
        case .bytes, .wouldBlock: return
        case .ended, .broken: close(connection)
        }
    }
}
