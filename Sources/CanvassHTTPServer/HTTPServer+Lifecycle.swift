import CanvassHTTP

/// What becomes of a connection after each step, and when its time is up.
extension HTTPServer {
    var isDraining: Bool { drainDeadline != nil }

    /// Brings phase, deadline and interest of a connection in line with what it holds now.
    ///
    /// - Parameter restarting: whether a request was answered, so that the time of the next one begins.
    func settle(_ connection: Connection, restarting: Bool) {
        if !connection.output.isEmpty {
            enter(.writing, connection, restarting: restarting)
            watch(connection, .writing)
        } else if connection.stream != nil {
            enter(.streaming, connection, restarting: restarting)
            watch(connection, .reading)
        } else if connection.closesAfterOutput || (isDraining && connection.parser.phase == .idle) {
            connection.closeSendingHalf()
            connection.parser = HTTPRequestParser(limits: configuration.limits)
            countHeldBytes(of: connection)
            enter(.lingering, connection, restarting: true)
            watch(connection, .reading)
        } else {
            if connection.hasBacklog { backlog.append(connection.id) }
            switch connection.parser.phase {
            case .idle: enter(.idle, connection, restarting: restarting)
            case .head: enter(.head, connection, restarting: restarting)
            case .body: enter(.body, connection, restarting: restarting)
            case .finished: preconditionFailure("after a parser's last word comes the last answer")
            }
            watch(connection, .reading)
        }
    }

    private func watch(_ connection: Connection, _ interest: Poller.Interest) {
        guard connection.interest != interest else { return }
        do throws(HTTPServerError) {
            try poller.change(connection.descriptor, token: connection.id, interest: interest)
            connection.interest = interest
        } catch {
            // It can no longer be heard: the client learns it from the connection, and comes again.
            close(connection)
        }
    }

    /// Gives a connection the time that its phase allows, unless it is in that phase already.
    func enter(_ phase: Connection.Phase, _ connection: Connection, restarting: Bool) {
        guard restarting || connection.phase != phase else { return }
        connection.phase = phase
        let allowed: Duration =
            switch phase {
            case .idle: configuration.idleDeadline
            case .head: configuration.headerDeadline
            case .body:
                configuration.bodyDeadline
                    + configuration.transferTime(byteCount: connection.parser.missingByteCount)
            case .writing:
                configuration.writeDeadline + configuration.transferTime(byteCount: connection.output.byteCount)
            case .streaming: connection.stream?.heartbeatInterval ?? configuration.idleDeadline
            case .lingering: configuration.lingerDeadline
            }
        connection.deadline = now + allowed
        nextSweep = min(nextSweep ?? connection.deadline, connection.deadline)
    }

    func close(_ connection: Connection) {
        endStream(of: connection)
        connections[connection.id] = nil
        incompleteRequestBytes -= connection.countedBytes
        connection.countedBytes = 0
    }

    /// Ends what has had its time.
    func sweep() {
        guard let due = nextSweep, now >= due else { return }
        var expired: [Connection] = []
        var earliest: Duration?
        for connection in connections.values {
            if connection.deadline <= now {
                expired.append(connection)
            } else {
                earliest = min(earliest ?? connection.deadline, connection.deadline)
            }
        }
        nextSweep = earliest.map { max($0, now + Self.sweepInterval) }
        for connection in expired {
            switch connection.phase {
            case .head, .body:
                refuse(connection, HTTPFailure(status: 408, reason: "The request did not arrive in time."))
            case .streaming:
                if let stream = connection.stream { sendHeartbeat(stream, on: connection) }
            case .idle, .writing, .lingering:
                close(connection)
            }
        }
    }

    /// Stops accepting and lets go of the connections that have nothing under way. A request that has reached the
    /// socket but not this process counts as under way.
    func beginDraining() throws(HTTPServerError) {
        listeners = []
        isAcceptingPaused = false
        // The eventfd stays readable; it has been heard.
        try poller.change(stopper.signal.descriptor, token: stopToken, interest: .nothing)
        for connection in Array(connections.values) {
            if connection.stream != nil {
                endStream(of: connection)
                settle(connection, restarting: false)
            } else if connection.phase == .idle, !receive(connection) {
                close(connection)
            }
        }
    }
}
