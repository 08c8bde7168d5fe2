/// What came of one call on a connection.
enum ChannelTransfer {
    case bytes(Int)
    case wouldBlock
    /// The other side has closed.
    case ended
    /// The connection is gone, for a reason of the system's.
    case broken(String)
}
