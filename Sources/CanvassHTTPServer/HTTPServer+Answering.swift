import CanvassHTTP

/// From the batch to sockets.
extension HTTPServer {
    /// Lets the handler answer the batch, and sends the answers.
    func answer(_ handler: inout some HTTPHandler) {
        guard !shares.isEmpty else { return }
        publishCounts()
        let responses = batch.isEmpty ? [] : handler.handle(batch)
        precondition(responses.count == batch.count, "a handler gives one response a request")
        updateDate()
        var first = 0
        for share in shares {
            let end = first + share.requestCount
            send(share, requests: batch[first..<end], responses: responses[first..<end])
            first = end
        }
        if !batch.isEmpty { hastenStreams() }
        decodedByteCount = 0
        batch.removeAll(keepingCapacity: true)
        shares.removeAll(keepingCapacity: true)
    }

    /// Tells the handler of what it was spared.
    func reportRefusals(to handler: inout some HTTPHandler) {
        guard !refusals.isEmpty else { return }
        for (failure, peer) in refusals { handler.wasSpared(failure, from: peer) }
        refusals.removeAll(keepingCapacity: true)
    }

    func publishCounts() {
        counts.openConnections = connections.count
        counts.openStreams = streamCount
        counts.incompleteRequestBytes = incompleteRequestBytes
        statistics.publish(counts)
    }

    /// Answers a request that did not become complete.
    func refuse(_ connection: Connection, _ failure: HTTPFailure) {
        updateDate()
        send(Share(connection: connection, requestCount: 0, tail: .failure(failure)), requests: [], responses: [])
    }

    /// Writes everything that a turn owes one connection, at once where it fits.
    private func send(
        _ share: Share, requests: ArraySlice<HTTPIncomingRequest>, responses: ArraySlice<HTTPResponse>
    ) {
        let connection = share.connection
        writeBuffer.removeAll(keepingCapacity: true)
        for (index, response) in zip(requests.indices, responses) {
            let request = requests[index].request
            if let stream = response.stream, request.method != "HEAD" {
                write(response, to: connection, includingBody: true, persistence: .close)
                beginStream(stream, on: connection)
                break
            }
            let isLast = index == requests.endIndex - 1
            let closes = !request.keepsConnection || (isLast && shouldClose(after: share))
            connection.closesAfterOutput = closes
            write(
                response.coded(for: request), to: connection, includingBody: request.method != "HEAD",
                persistence: closes ? .close : request.version == .http10 ? .keepSaid : .keep)
        }
        switch share.tail {
        case _ where connection.stream != nil: break
        case .continueMessage where !connection.closesAfterOutput:
            writeBuffer.append(HTTPResponse.continueMessage)
        case .failure(let failure):
            connection.closesAfterOutput = true
            refusals.append((failure, connection.peer))
            counts.refusals[failure.status, default: 0] += 1
            write(
                .problem(status: failure.status, detail: failure.reason), to: connection, includingBody: true,
                persistence: .close)
        case .nothing, .continueMessage:
            break
        }
        counts.sentBytes += connection.output.byteCount + writeBuffer.count
        if connection.send(writeBuffer) {
            settle(connection, restarting: !requests.isEmpty)
        } else {
            close(connection)
        }
    }

    /// Whether a client that would keep the connection is asked to leave: when the server stops, and when others wait
    /// for a place.
    private func shouldClose(after share: Share) -> Bool {
        if case .failure = share.tail { return false }
        return !share.connection.hasBacklog && (isDraining || isAcceptingPaused)
    }

    private func write(
        _ response: HTTPResponse, to connection: Connection, includingBody: Bool,
        persistence: HTTPResponse.Persistence
    ) {
        response.appendHead(to: &writeBuffer, date: date.bytes.span, persistence: persistence)
        guard includingBody, response.allowsBody else { return }
        if response.body.count <= Self.largestCopiedBody {
            writeBuffer.append(contentsOf: response.body)
        } else {
            connection.output.append(writeBuffer)
            connection.output.append(response.body)
            writeBuffer.removeAll(keepingCapacity: true)
        }
    }

    /// The text is made anew once a second.
    private func updateDate() {
        let seconds = clock.unixSeconds()
        if seconds != date.unixSeconds { date = (seconds, HTTPDate.bytes(unixSeconds: seconds)) }
    }
}
