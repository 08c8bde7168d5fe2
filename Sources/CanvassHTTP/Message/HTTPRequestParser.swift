/// Reads requests from the bytes of one connection, however they are cut: a pure state machine without I/O (RFC 9112).
///
/// Feed what came, then call `next()` until it says `.needMore`:
///
///     parser.feed(bytes)
///     while case .request(let request) = parser.next() { … }
///
/// It is strict where leniency lets two parties disagree about where a request ends: lines end in CRLF, names are
/// tokens, nothing is folded, there is one Host and one digits-only Content-Length, no transfer coding.
///
/// Invariants:
/// 1. The outcomes do not depend on how the bytes were cut.
/// 2. No byte is taken from `lines` before it is judged.
/// 3. Never more is held than one head, one body and what was pipelined in the last `feed`.
/// 4. A failure, and a request that closes the connection, are final: nothing after them is read.
/// 5. Between requests, with nothing pipelined, no memory is held.
///
///     requestLine → headers → body → requestLine …
///          └───────────┴────────┴──→ failed      body → finished
package struct HTTPRequestParser: Sendable {
    /// What `next()` found.
    package enum Outcome: Sendable, Equatable {
        case needMore
        /// The client waits for "100 Continue" before it sends the body. Said once a request.
        case expectContinue
        case request(HTTPRequest)
        case failure(HTTPFailure)
    }

    /// Where in a request the connection is; deadlines follow it.
    package enum Phase: Sendable, Hashable {
        /// Between requests.
        case idle
        case head
        case body
        /// Nothing more will be read.
        case finished
    }

    enum State: Sendable {
        case requestLine
        case headers
        case body
        case finished
        case failed(HTTPFailure)
    }

    let limits: HTTPLimits
    var state = State.requestLine
    var lines = LineBuffer()
    /// RFC 9112 section 2.2 lets one empty line precede a request; a second is malformed.
    private var hasSkippedEmptyLine = false
    var request = HTTPRequest(method: "", path: "")
    var fields: [HTTPHeaders.Field] = []
    var headersStart = 0
    /// Bytes of the body that are still to come.
    package internal(set) var missingByteCount = 0

    package init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
    }

    package var phase: Phase {
        switch state {
        case .requestLine: lines.isSpent ? .idle : .head
        case .headers: .head
        case .body: .body
        case .finished, .failed: .finished
        }
    }

    /// Bytes held for this connection.
    package var heldByteCount: Int { lines.bytes.count + request.body.count }

    /// Takes over what came from the connection.
    package mutating func feed(_ bytes: Span<UInt8>) {
        switch state {
        case .finished, .failed:
            return
        case .body where lines.isSpent:
            // Straight into the body: a large one is copied once.
            let taken = min(missingByteCount, bytes.count)
            request.body.append(bytes.extracting(first: taken))
            missingByteCount -= taken
            lines.releaseTaken()
            lines.append(bytes.extracting(droppingFirst: taken))
        case .requestLine, .body:
            lines.releaseTaken()
            lines.append(bytes)
        case .headers:
            // The fields point into the buffer, which therefore stays where it is.
            lines.append(bytes)
        }
    }

    /// The next thing that the bytes fed so far say.
    package mutating func next() -> Outcome {
        do throws(HTTPFailure) {
            return try advance()
        } catch {
            clear()
            state = .failed(error)
            return .failure(error)
        }
    }

    private mutating func advance() throws(HTTPFailure) -> Outcome {
        while true {
            switch state {
            case .requestLine:
                guard let line = try takeRequestLine() else { return .needMore }
                request = try Self.request(line: lines.bytes.span.extracting(line))
                headersStart = lines.position
                fields.reserveCapacity(12)
                state = .headers
            case .headers:
                let room = limits.headers - (lines.position - headersStart)
                guard let line = try lines.takeLine(limit: room, orFail: .headersTooLarge) else { return .needMore }
                guard line.isEmpty else {
                    try readField(line)
                    continue
                }
                let expectsContinue = try finishHead()
                state = .body
                if expectsContinue { return .expectContinue }
            case .body:
                takeBody()
                return missingByteCount == 0 ? .request(finishRequest()) : .needMore
            case .finished:
                return .needMore
            case .failed(let failure):
                return .failure(failure)
            }
        }
    }

    private mutating func takeRequestLine() throws(HTTPFailure) -> Range<Int>? {
        while !lines.isSpent {
            // Said at once, so that a TLS client at a plain port does not wait for a deadline.
            let first = lines.bytes[lines.position]
            guard first.isTokenCharacter || first == .carriageReturn else {
                throw .malformed("The request does not begin with a method.")
            }
            guard let line = try lines.takeLine(limit: limits.firstLine, orFail: .targetTooLong) else { return nil }
            if !line.isEmpty { return line }
            guard !hasSkippedEmptyLine else { throw .malformed("There are empty lines before the request line.") }
            hasSkippedEmptyLine = true
        }
        return nil
    }

    private mutating func takeBody() {
        let taken = lines.take(missingByteCount)
        guard !taken.isEmpty else { return }
        request.body.append(contentsOf: taken)
        missingByteCount -= taken.count
        // A body on its way is held once, not here as well.
        if lines.isSpent { lines.releaseTaken() }
    }

    private mutating func finishRequest() -> HTTPRequest {
        let complete = request
        if lines.isSpent || !complete.keepsConnection { clear() }
        request = HTTPRequest(method: "", path: "")
        hasSkippedEmptyLine = false
        state = complete.keepsConnection ? .requestLine : .finished
        return complete
    }

    private mutating func clear() {
        lines.clear()
        fields = []
        request = HTTPRequest(method: "", path: "")
        missingByteCount = 0
    }
}

extension HTTPFailure {
    fileprivate static var targetTooLong: HTTPFailure {
        HTTPFailure(status: 414, reason: "The request line is too long.")
    }

    fileprivate static var headersTooLarge: HTTPFailure {
        HTTPFailure(status: 431, reason: "The header section is too large.")
    }
}
