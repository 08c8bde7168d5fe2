/// A connection on which bytes go both ways, plain or encrypted. Its calls return at once, and one thread makes them at a
/// time.
protocol ByteChannel: AnyObject, Sendable {
    /// What to wait with for the channel to be ready.
    var descriptor: Int32 { get }

    /// Sends as much as there is room for.
    func send(_ bytes: UnsafeRawBufferPointer) -> ChannelTransfer

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> ChannelTransfer
}

/// What came of one call on a channel.
enum ChannelTransfer {
    case bytes(Int)
    case wouldBlock
    /// The other side has closed.
    case ended
    /// The connection is gone, for a reason of the system's.
    case broken(String)
}

extension ByteChannel {
    /// Whether a connection that was put aside may carry another request: nobody closed it, and nothing came unasked.
    var isQuiet: Bool {
        var byte: UInt8 = 0
        if case .wouldBlock = withUnsafeMutableBytes(of: &byte, { receive(into: $0) }) { return true }
        return false
    }
}
