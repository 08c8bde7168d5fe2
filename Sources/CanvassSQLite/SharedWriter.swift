import Synchronization

/// A writer that one thread at a time may use. A class, since a mutex cannot be bound out of an optional.
final class SharedWriter: Sendable {
    private let writer: Mutex<Writer>

    init(_ writer: consuming Writer) {
        self.writer = Mutex(writer)
    }

    func withLock<T: Sendable, E: Error>(_ body: (inout Writer) throws(E) -> T) throws(E) -> T {
        try writer.withLock { (writer) throws(E) in try body(&writer) }
    }
}
