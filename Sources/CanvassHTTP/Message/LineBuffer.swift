/// Bytes of a connection that are still to be judged, taken from the front line by line: what both parsers read their heads
/// from.
///
/// Invariants:
/// 1. A line is judged once, when it is complete or too long, however the bytes were cut.
/// 2. No line end lies between `position` and `searched`, and `searched >= position`.
struct LineBuffer: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Where what has not been taken yet begins.
    private(set) var position = 0
    private var searched = 0

    /// Whether all was taken.
    var isSpent: Bool { position == bytes.count }

    /// Bytes that were not taken yet.
    var remainingCount: Int { bytes.count - position }

    mutating func append(_ more: Span<UInt8>) { bytes.append(more) }

    /// The next complete line without its CRLF; nil while it is incomplete.
    ///
    /// - Parameter limit: counts the CRLF.
    mutating func takeLine(
        limit: Int, orFail failure: @autoclosure () -> HTTPFailure
    ) throws(HTTPFailure) -> Range<Int>? {
        let index = bytes.span.firstLineFeed(from: searched)
        guard index < bytes.count else {
            if index - position >= limit { throw failure() }
            searched = index
            return nil
        }
        if index + 1 - position > limit { throw failure() }
        guard index > position, bytes[index - 1] == .carriageReturn else {
            throw .malformed("A line does not end in CR LF.")
        }
        let line = position..<(index - 1)
        position = index + 1
        searched = position
        return line
    }

    /// The next bytes, at most `count` of them.
    mutating func take(_ count: Int) -> ArraySlice<UInt8> {
        let end = position + min(count, remainingCount)
        defer {
            position = end
            searched = end
        }
        return bytes[position..<end]
    }

    /// Drops what was taken; what follows moves to the front.
    mutating func releaseTaken() {
        guard position > 0 else { return }
        if isSpent { bytes = [] } else { bytes.removeFirst(position) }
        searched -= position
        position = 0
    }

    mutating func clear() { self = LineBuffer() }
}
