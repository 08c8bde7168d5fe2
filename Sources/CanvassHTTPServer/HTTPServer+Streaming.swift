import CanvassHTTP

/// Answers that go on.
extension HTTPServer {
    /// Tells the handler which streams are gone, and sends what it has for the others, once an interval.
    func stream(_ handler: inout some HTTPHandler) {
        for id in endedStreams { handler.streamEnded(id) }
        endedStreams.removeAll(keepingCapacity: true)
        guard let due = nextParts, now >= due else { return }
        lastParts = now
        nextParts = streamCount == 0 ? nil : now + Self.streamInterval
        for part in handler.nextParts() {
            guard let connection = connections[part.connectionID], connection.stream != nil else { continue }
            // Who has not even taken the last part is gone, or as good as: it comes again and asks.
            guard connection.output.isEmpty, connection.send(part.bytes) else {
                close(connection)
                continue
            }
            if part.isLast { endStream(of: connection) }
            settle(connection, restarting: true)
        }
    }

    /// Asks the handler soon: what it has just done may be news for its streams.
    func hastenStreams() {
        guard let due = nextParts, streamCount > 0 else { return }
        nextParts = min(due, max(now, lastParts + Self.shortestStreamInterval))
    }

    /// Keeps a connection for the stream whose head was just written to it.
    func beginStream(_ stream: HTTPStream, on connection: Connection) {
        connection.stream = stream
        connection.parser = HTTPRequestParser(limits: configuration.limits)
        connection.hasBacklog = false
        countHeldBytes(of: connection)
        streamCount += 1
        if nextParts == nil { nextParts = now + Self.streamInterval }
        if isDraining { endStream(of: connection) }
    }

    /// What is on its way still goes out.
    func endStream(of connection: Connection) {
        guard connection.stream != nil else { return }
        connection.stream = nil
        connection.closesAfterOutput = true
        streamCount -= 1
        endedStreams.append(connection.id)
    }

    func sendHeartbeat(_ stream: HTTPStream, on connection: Connection) {
        if connection.send(stream.heartbeat) {
            settle(connection, restarting: true)
        } else {
            close(connection)
        }
    }
}
