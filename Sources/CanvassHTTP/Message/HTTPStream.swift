/// A body that goes on after its answer was sent, until one side ends it. It has no length and ends with the connection
/// (RFC 9112 section 6.3), so it is the last answer there.
package struct HTTPStream: Sendable, Equatable {
    /// What is sent when nothing else was for a while, so that proxies keep the connection and a lost client is noticed.
    package var heartbeat: [UInt8]
    package var heartbeatInterval: Duration

    package init(heartbeat: [UInt8], heartbeatInterval: Duration = .seconds(25)) {
        self.heartbeat = heartbeat
        self.heartbeatInterval = heartbeatInterval
    }
}

/// More of a stream.
package struct HTTPStreamPart: Sendable, Equatable {
    package var connectionID: UInt64
    package var bytes: [UInt8]
    /// Whether the stream ends with it.
    package var isLast: Bool

    package init(connectionID: UInt64, bytes: [UInt8], isLast: Bool = false) {
        self.connectionID = connectionID
        self.bytes = bytes
        self.isLast = isLast
    }
}
