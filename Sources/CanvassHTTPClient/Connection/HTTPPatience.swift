/// How long a client waits.
package struct HTTPPatience: Sendable, Hashable {
    /// For the look-up of a name and for a connection, together.
    package var connecting: Duration
    /// While nothing comes or goes; also from the end of a request to the end of an answer's head.
    package var silence: Duration
    /// A request or an answer may take `silence` and the time that this line needs for it, however steadily it trickles.
    package var slowestBytesPerSecond: Int

    package init(
        connecting: Duration = .seconds(15), silence: Duration = .seconds(60), slowestBytesPerSecond: Int = 1024
    ) {
        precondition(slowestBytesPerSecond > 0)
        self.connecting = connecting
        self.silence = silence
        self.slowestBytesPerSecond = slowestBytesPerSecond
    }

    func allowance(byteCount: Int) -> Duration { silence + .seconds(byteCount / slowestBytesPerSecond) }
}
