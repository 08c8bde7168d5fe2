import CanvassHTTP

/// One request and its answer on one connection, on the thread that calls `run`.
///
/// Invariants:
/// 1. It waits only in `poll`, for both directions at once: an answer that comes before the request is out is read.
/// 2. Each wait ends at the earliest of three deadlines: of silence, of the phase, and of the one who may interrupt.
struct HTTPExchange {
    /// What the answer consists of, as it comes.
    enum Part {
        case head(HTTPResponseHead)
        case body([UInt8])
    }

    /// What becomes of the connection.
    enum Ending {
        case reusable
        case spent
    }

    private let channel: SocketChannel
    private let interrupter: Interrupter
    private let patience: HTTPPatience
    private let limits: HTTPLimits
    private var parser: HTTPResponseParser

    private let output: [UInt8]
    private var sent = 0
    /// Set when the other side takes no more; what it has said is still read.
    private var sendingFailure: String?
    /// Whether the answer's head is there: the rest of a request that was answered before its end is not sent.
    private var isAnswered = false
    private var keepsConnection = false
    /// Whether any byte of an answer came: a request that met a closed connection may be repeated only without.
    private(set) var hasReceived = false

    private var lastProgress = ContinuousClock.now
    /// Until when the phase has to end: sending, waiting for the head, the body.
    private var phaseEnd: ContinuousClock.Instant?

    private static let bufferSize = 64 << 10

    /// - Parameter output: the whole request.
    init(
        _ output: [UInt8], method: String, on channel: SocketChannel, limits: HTTPLimits, patience: HTTPPatience,
        interrupter: Interrupter
    ) {
        self.channel = channel
        self.interrupter = interrupter
        self.patience = patience
        self.limits = limits
        self.output = output
        parser = HTTPResponseParser(limits: limits)
        parser.expect(answerTo: method)
        phaseEnd = lastProgress + patience.allowance(byteCount: output.count)
    }

    /// Sends the request and hands over the parts of the answer.
    ///
    /// - Parameter receive: false ends the exchange, and the connection with it.
    mutating func run(_ receive: (Part) -> Bool) throws(HTTPClientError) -> Ending {
        var buffer = [UInt8](repeating: 0, count: HTTPExchange.bufferSize)
        while true {
            sendMore()
            switch buffer.withUnsafeMutableBytes({ channel.receive(into: $0) }) {
            case .bytes(let count):
                hasReceived = true
                lastProgress = .now
                parser.feed(buffer.span.extracting(first: count))
                if let ending = try handOver(receive) { return ending }
            case .ended:
                return try finish()
            case .broken(let reason):
                guard case .failure(let failure) = parser.finish(), hasReceived else { throw .broken(reason) }
                throw .answer(failure)
            case .wouldBlock:
                try wait()
            }
        }
    }

    private var isSending: Bool { sent < output.count && sendingFailure == nil && !isAnswered }

    /// Sends until there is no room for more.
    private mutating func sendMore() {
        while isSending {
            let first = sent
            let transfer = output.withUnsafeBytes { bytes in
                channel.send(UnsafeRawBufferPointer(rebasing: bytes[first...]))
            }
            switch transfer {
            case .bytes(let count):
                sent += count
                lastProgress = .now
                // From here on the head is waited for.
                if sent == output.count { phaseEnd = lastProgress + patience.silence }
            case .wouldBlock: return
            case .ended: sendingFailure = "it was closed while a request was on its way"
            case .broken(let reason): sendingFailure = reason
            }
        }
    }

    /// Takes what the parser found. Nil while the answer goes on.
    private mutating func handOver(_ receive: (Part) -> Bool) throws(HTTPClientError) -> Ending? {
        while true {
            switch parser.next() {
            case .needMore:
                return nil
            case .head(let head):
                isAnswered = true
                keepsConnection = head.keepsConnection && sent == output.count
                let length = head.bodyLength ?? limits.body
                phaseEnd = length == .max ? nil : .now + patience.allowance(byteCount: length)
                guard receive(.head(head)) else { return .spent }
            case .body(let bytes):
                guard receive(.body(bytes)) else { return .spent }
            case .end:
                return keepsConnection && !parser.hasSurplus ? .reusable : .spent
            case .failure(let failure):
                throw .answer(failure)
            }
        }
    }

    /// The other side has closed.
    private mutating func finish() throws(HTTPClientError) -> Ending {
        switch parser.finish() {
        case .failure(.noAnswer):
            if let sendingFailure { throw .broken(sendingFailure) }
            throw .answer(.noAnswer)
        case .failure(let failure): throw .answer(failure)
        default: return .spent
        }
    }

    private func wait() throws(HTTPClientError) {
        let silenceEnd = lastProgress + patience.silence
        let deadline = phaseEnd.map { min($0, silenceEnd) } ?? silenceEnd
        switch interrupter.wait(for: channel.descriptor, isSending: isSending, until: deadline) {
        case .ready: return
        case .interrupted: throw .cancelled
        case .timedOut:
            // A head that is not there in time is no answer, however it trickles.
            let isWaitingForHead = sent == output.count && !isAnswered
            throw isWaitingForHead || ContinuousClock.now >= silenceEnd ? .silent(patience.silence) : .tooSlow
        }
    }
}
