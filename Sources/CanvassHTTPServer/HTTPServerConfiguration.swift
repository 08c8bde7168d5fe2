package import CanvassHTTP

/// What one server allows its clients. Every deadline is absolute: sending a byte now and then does not extend it.
package struct HTTPServerConfiguration: Sendable {
    package var limits: HTTPLimits
    /// From the first byte of a request to the end of its headers; then 408.
    package var headerDeadline: Duration
    /// From the end of the headers to the end of the body, plus the time that `slowestBytesPerSecond` needs; then 408.
    package var bodyDeadline: Duration
    /// From an answer to its last byte, plus the time that `slowestBytesPerSecond` needs; then the connection is cut.
    package var writeDeadline: Duration
    /// Between requests, and before the first.
    package var idleDeadline: Duration
    /// How long a client that has been answered and is to go may keep sending, so that it can read the answer
    /// (RFC 9112 section 9.6): closing at once would reset the connection.
    package var lingerDeadline: Duration
    /// From `stop()` until connections that have not finished are cut.
    package var drainDeadline: Duration
    /// The slowest line on which a transfer within the limits still arrives. It is granted once, by declared size.
    package var slowestBytesPerSecond: Int
    /// Open connections. More wait in the kernel's queue, and those open are closed after their next answer.
    package var connectionCount: Int
    /// Bytes of incomplete requests over all connections; a request that would go beyond it is answered with 503.
    package var incompleteRequestBytes: Int
    /// Pipelined requests of one connection that are handled in one turn; the others follow in the next.
    package var pipelinedRequestCount: Int
    /// What compressed bodies may become in one turn, beside one that goes beyond it; the others follow in the next.
    package var decodedBytesPerTurn: Int

    package init(
        limits: HTTPLimits = HTTPLimits(),
        headerDeadline: Duration = .seconds(10), bodyDeadline: Duration = .seconds(60),
        writeDeadline: Duration = .seconds(60), idleDeadline: Duration = .seconds(120),
        lingerDeadline: Duration = .seconds(2), drainDeadline: Duration = .seconds(10),
        slowestBytesPerSecond: Int = 4 << 10, connectionCount: Int = 10_000,
        incompleteRequestBytes: Int = 256 << 20, pipelinedRequestCount: Int = 16,
        decodedBytesPerTurn: Int = 16 << 20
    ) {
        precondition(
            slowestBytesPerSecond > 0 && connectionCount > 0 && pipelinedRequestCount > 0 && decodedBytesPerTurn > 0)
        self.limits = limits
        self.headerDeadline = headerDeadline
        self.bodyDeadline = bodyDeadline
        self.writeDeadline = writeDeadline
        self.idleDeadline = idleDeadline
        self.lingerDeadline = lingerDeadline
        self.drainDeadline = drainDeadline
        self.slowestBytesPerSecond = slowestBytesPerSecond
        self.connectionCount = connectionCount
        self.incompleteRequestBytes = incompleteRequestBytes
        self.pipelinedRequestCount = pipelinedRequestCount
        self.decodedBytesPerTurn = decodedBytesPerTurn
    }

    /// The time that `byteCount` bytes take on the slowest line, to the second.
    func transferTime(byteCount: Int) -> Duration { .seconds(byteCount / slowestBytesPerSecond) }
}
