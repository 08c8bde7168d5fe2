/// What a connection has still to send. Holds no memory when it is empty.
struct OutputQueue {
    private var chunks: [[UInt8]] = []
    /// Bytes of the first chunk that were sent.
    private var offset = 0
    private(set) var byteCount = 0

    var isEmpty: Bool { byteCount == 0 }

    /// Whether more than the first chunk is waiting.
    var hasSeveralChunks: Bool { chunks.count > 1 }

    mutating func append(_ chunk: [UInt8]) {
        guard !chunk.isEmpty else { return }
        chunks.append(chunk)
        byteCount += chunk.count
    }

    /// The unsent bytes of the first chunk, and whether others follow. Empty when the queue is.
    func withFirstChunk<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        guard let first = chunks.first else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        return first.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[offset...])) }
    }

    /// Drops `count` bytes of the first chunk, which were sent.
    mutating func removeSent(_ count: Int) {
        guard let first = chunks.first else { return }
        precondition(count <= first.count - offset, "more was sent than the chunk holds")
        offset += count
        byteCount -= count
        guard offset == first.count else { return }
        offset = 0
        if chunks.count == 1 { chunks = [] } else { chunks.removeFirst() }
    }
}
