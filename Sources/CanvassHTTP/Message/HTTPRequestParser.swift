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
/// 1. The outcomes do not depend on how the bytes were cut: a line is judged once, when it is complete or too long.
/// 2. `position` never passes a byte that is not yet judged, and `searched >= position`.
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
    var buffer: [UInt8] = []
    /// Start of the line being read, or of what follows the body.
    var position = 0
    /// No line end lies between `position` and here.
    private var searched = 0
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
        case .requestLine: position == buffer.count ? .idle : .head
        case .headers: .head
        case .body: .body
        case .finished, .failed: .finished
        }
    }

    /// Bytes held for this connection.
    package var heldByteCount: Int { buffer.count + request.body.count }

    /// Takes over what came from the connection.
    package mutating func feed(_ bytes: Span<UInt8>) {
        switch state {
        case .finished, .failed:
            return
        case .body where position == buffer.count:
            // Straight into the body: a large one is copied once.
            let taken = min(missingByteCount, bytes.count)
            request.body.append(bytes.extracting(first: taken))
            missingByteCount -= taken
            releaseConsumed()
            buffer.append(bytes.extracting(droppingFirst: taken))
        case .requestLine, .body:
            releaseConsumed()
            buffer.append(bytes)
        case .headers:
            // The fields point into the buffer, which therefore stays where it is.
            buffer.append(bytes)
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
                request = try Self.request(line: buffer.span.extracting(line))
                headersStart = position
                fields.reserveCapacity(12)
                state = .headers
            case .headers:
                let room = limits.headers - (position - headersStart)
                guard let line = try takeLine(limit: room, orFail: .headersTooLarge) else { return .needMore }
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
        while position < buffer.count {
            // Said at once, so that a TLS client at a plain port does not wait for a deadline.
            guard buffer[position].isTokenCharacter || buffer[position] == .carriageReturn else {
                throw .malformed("The request does not begin with a method.")
            }
            guard let line = try takeLine(limit: limits.requestLine, orFail: .targetTooLong) else { return nil }
            if !line.isEmpty { return line }
            guard !hasSkippedEmptyLine else { throw .malformed("There are empty lines before the request line.") }
            hasSkippedEmptyLine = true
        }
        return nil
    }

    /// The next complete line without its CRLF; nil while it is incomplete. `limit` counts the CRLF.
    private mutating func takeLine(
        limit: Int, orFail failure: @autoclosure () -> HTTPFailure
    ) throws(HTTPFailure) -> Range<Int>? {
        let index = buffer.span.firstLineFeed(from: searched)
        guard index < buffer.count else {
            if index - position >= limit { throw failure() }
            searched = index
            return nil
        }
        if index + 1 - position > limit { throw failure() }
        guard index > position, buffer[index - 1] == .carriageReturn else {
            throw .malformed("A line does not end in CR LF.")
        }
        let line = position..<(index - 1)
        position = index + 1
        searched = position
        return line
    }

    private mutating func takeBody() {
        let taken = min(missingByteCount, buffer.count - position)
        guard taken > 0 else { return }
        request.body.append(contentsOf: buffer[position..<(position + taken)])
        missingByteCount -= taken
        position += taken
        searched = position
        // A body on its way is held once, not here as well.
        if position == buffer.count { releaseConsumed() }
    }

    private mutating func finishRequest() -> HTTPRequest {
        let complete = request
        if position == buffer.count || !complete.keepsConnection { clear() }
        request = HTTPRequest(method: "", path: "")
        hasSkippedEmptyLine = false
        state = complete.keepsConnection ? .requestLine : .finished
        return complete
    }

    /// Drops what has been read; what is pipelined moves to the front.
    private mutating func releaseConsumed() {
        guard position > 0 else { return }
        if position == buffer.count { buffer = [] } else { buffer.removeFirst(position) }
        searched -= position
        position = 0
    }

    private mutating func clear() {
        buffer = []
        position = 0
        searched = 0
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
