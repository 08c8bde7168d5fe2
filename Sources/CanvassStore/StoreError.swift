package import CanvassCRDT

/// Why the replica did not take a change or a page. Nothing of the transaction was applied.
package enum StoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The change before it on its chain, something in its context, or the mark of a change without a body is not held.
    case gap(Dot, String)
    /// The bytes contradict themselves: a hash, a context or an encoding is wrong.
    case invalidChange(String)
    /// An edit made here that no change can hold: nested too deeply, or naming one cell twice.
    case invalidEdit(String)
    /// The change would not fit the wire.
    case changeTooLarge(bytes: Int)
    /// The file holds a replica, and so none is made in it.
    case exists(path: String)
    /// The file has all the tables and nothing in them: making the replica was cut short, and can be done again.
    case unfinished(path: String)
    /// A row of the file is not as this program wrote it.
    case damaged(String)

    package var description: String {
        switch self {
        case .gap(let dot, let missing): "change \(dot) came before \(missing)"
        case .invalidChange(let reason), .invalidEdit(let reason): reason
        case .changeTooLarge(let bytes): "a change of \(bytes) bytes; the limit is \(ChangeLimits.maximumBytes)"
        case .exists(let path): "\(path) holds a replica already"
        case .unfinished(let path): "making the replica \(path) was cut short"
        case .damaged(let place): "the replica is damaged at \(place)"
        }
    }
}
