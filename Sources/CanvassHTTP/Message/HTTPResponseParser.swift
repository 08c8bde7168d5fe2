/// Reads one answer after the other from the bytes of a connection, however they are cut: a pure state machine without I/O
/// (RFC 9112), the counterpart of `HTTPRequestParser`.
///
/// Say what was asked, feed what came, and call `next()` until it says `.needMore`; when the connection ends, call
/// `finish()`:
///
///     parser.expect(answerTo: "POST")
///     parser.feed(bytes)
///     while true {
///         switch parser.next() { case .head(let head): … }
///     }
///
/// A body is handed out in the pieces in which it comes, so an answer without an end (server-sent events) costs no memory.
///
/// It is strict where leniency lets two parties disagree about where an answer ends: lines end in CRLF, names are tokens,
/// nothing is folded, there is one digits-only Content-Length or else one transfer coding, which is `chunked`.
///
/// Invariants:
/// 1. The outcomes, pieces of a body put together, do not depend on how the bytes were cut.
/// 2. No byte is taken from `lines` before it is judged.
/// 3. Never more is held than one head and what came in the last `feed`.
/// 4. A failure is final. So is an answer after which the other side closes.
///
///     statusLine → headers → body ────────────────────→ ended → statusLine …
///          ↑ 1xx ─────┘    │ → chunkSize ⇄ chunk, chunkEnd
///                          │       └→ trailers ───────→ ended
///                          └→ untilClose → ended
package struct HTTPResponseParser: Sendable {
    /// What `next()` found.
    package enum Outcome: Sendable, Equatable {
        case needMore
        /// Said once an answer. Those with a status of 1xx are left out.
        case head(HTTPResponseHead)
        /// The next bytes of the body, never none.
        case body([UInt8])
        /// The answer is complete.
        case end
        case failure(HTTPResponseFailure)
    }

    enum State: Sendable {
        case statusLine
        case headers
        case body(missing: Int)
        case chunkSize
        case chunk(missing: Int)
        case chunkEnd
        case trailers
        case untilClose
        case ended
        case failed(HTTPResponseFailure)
    }

    /// Answers with a status of 1xx that may come before one that counts.
    static let maximumInterimAnswers = 16
    /// A chunk's length with its extensions, which nobody here needs.
    static let maximumChunkLine = 1 << 10

    let limits: HTTPLimits
    var state = State.ended
    var lines = LineBuffer()
    var fields: [HTTPHeaders.Field] = []
    /// Start of the header section, or of the trailers, in `lines`.
    var sectionStart = 0
    var head = HTTPResponseHead.none
    /// Whether the request was one whose answers have no body.
    var isHEAD = false
    var interimAnswers = 0
    /// Bytes of the body handed out, or announced by a chunk.
    var bodyCount = 0

    /// - Parameter limits: `body` counts all bytes of one body; give `Int.max` for one that may go on without end.
    package init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
    }

    /// Begins to read the answer to a request.
    ///
    /// - Precondition: the answer before it has ended.
    package mutating func expect(answerTo method: String) {
        guard case .ended = state else { preconditionFailure("the answer before this one has not ended") }
        isHEAD = method == "HEAD"
        interimAnswers = 0
        bodyCount = 0
        state = .statusLine
    }

    /// Whether bytes are held that no answer accounts for: where the next one would begin is not certain then.
    package var hasSurplus: Bool { !lines.isSpent }

    /// Takes over what came from the connection.
    package mutating func feed(_ bytes: Span<UInt8>) {
        switch state {
        case .failed: return
        case .headers, .trailers: break  // The fields point into the buffer, which therefore stays where it is.
        default: lines.releaseTaken()
        }
        lines.append(bytes)
    }

    /// The next thing that the bytes fed so far say.
    package mutating func next() -> Outcome {
        do throws(HTTPFailure) {
            return try advance()
        } catch {
            return fail(HTTPResponseFailure(error))
        }
    }

    /// What the end of the connection means for the answer that is being read. Call it when `next()` needs more.
    package mutating func finish() -> Outcome {
        switch state {
        case .ended: return .needMore
        case .untilClose:
            state = .ended
            return .end
        case .failed(let failure): return .failure(failure)
        case .statusLine: return fail(lines.isSpent && interimAnswers == 0 ? .noAnswer : .cutInHead)
        case .headers: return fail(.cutInHead)
        case .body, .chunkSize, .chunk, .chunkEnd, .trailers: return fail(.cutInBody)
        }
    }

    private mutating func fail(_ failure: HTTPResponseFailure) -> Outcome {
        lines.clear()
        fields = []
        state = .failed(failure)
        return .failure(failure)
    }

    private mutating func advance() throws(HTTPFailure) -> Outcome {
        while true {
            switch state {
            case .statusLine:
                guard let line = try takeStatusLine() else { return .needMore }
                head = try Self.head(line: lines.bytes.span.extracting(line))
                sectionStart = lines.position
                state = .headers
            case .headers:
                guard try readSection() else { return .needMore }
                let finished = try finishHead()
                lines.releaseTaken()
                if let finished { return .head(finished) }
            case .body(let missing):
                guard missing > 0 else { return end() }
                guard let piece = takePiece(missing) else { return .needMore }
                state = .body(missing: missing - piece.count)
                return .body(piece)
            case .chunkSize:
                guard let size = try takeChunkSize() else { return .needMore }
                sectionStart = lines.position
                state = size == 0 ? .trailers : .chunk(missing: size)
            case .chunk(let missing):
                guard let piece = takePiece(missing) else { return .needMore }
                state = piece.count == missing ? .chunkEnd : .chunk(missing: missing - piece.count)
                return .body(piece)
            case .chunkEnd:
                guard let line = try lines.takeLine(limit: 2, orFail: .chunkOverruns) else { return .needMore }
                guard line.isEmpty else { throw .chunkOverruns }
                state = .chunkSize
            case .trailers:
                guard try readSection() else { return .needMore }
                fields = []
                return end()
            case .untilClose:
                guard let piece = takePiece(.max) else { return .needMore }
                try countBody(piece.count)
                return .body(piece)
            case .ended:
                return .needMore
            case .failed(let failure):
                return .failure(failure)
            }
        }
    }

    private mutating func end() -> Outcome {
        lines.releaseTaken()
        state = .ended
        return .end
    }

    private mutating func takePiece(_ count: Int) -> [UInt8]? {
        let piece = Array(lines.take(count))
        return piece.isEmpty ? nil : piece
    }

    func checkBody(_ count: Int) throws(HTTPFailure) {
        guard count <= limits.body else {
            throw HTTPFailure(status: 413, reason: "The body of the answer is larger than \(limits.body) bytes.")
        }
    }

    /// Counts bytes that are part of a body whose length was not told in advance.
    mutating func countBody(_ count: Int) throws(HTTPFailure) {
        let (sum, overflows) = bodyCount.addingReportingOverflow(count)
        bodyCount = overflows ? .max : sum
        try checkBody(bodyCount)
    }
}

extension HTTPFailure {
    fileprivate static var chunkOverruns: HTTPFailure { .malformed("A chunk is longer than it says.") }
}

extension HTTPResponseHead {
    /// Before there is one.
    fileprivate static var none: HTTPResponseHead {
        HTTPResponseHead(
            status: 0, version: .http11, headers: HTTPHeaders(), keepsConnection: false, bodyLength: nil,
            isEndedByClose: false)
    }
}
