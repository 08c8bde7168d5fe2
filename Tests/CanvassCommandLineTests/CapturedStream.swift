import CanvassCommandLine
import Synchronization

/// A stream whose bytes stay in memory.
final class CapturedStream: Sendable {
    let stream: TextStream
    private let storage: Storage

    private final class Storage: Sendable {
        let writes = Mutex<[[UInt8]]>([])
    }

    /// - Parameter failure: the errno that every write reports; 0 for success.
    init(
        isTerminal: Bool = false, columns: Int = 80, environment: [String: String] = ["LANG": "C.UTF-8"],
        failure: Int32 = 0
    ) {
        let storage = Storage()
        self.storage = storage
        let capabilities = TerminalCapabilities(
            isTerminal: isTerminal, windowColumns: columns, environment: Environment(environment))
        stream = TextStream(capabilities: capabilities) { bytes in
            storage.writes.withLock { $0.append(bytes) }
            return failure
        }
    }

    /// Everything written, after a flush.
    var text: String {
        stream.flush()
        return String(decoding: storage.writes.withLock { $0.flatMap { $0 } }, as: UTF8.self)
    }

    /// How often the system was asked to write, so far.
    var writeCount: Int { storage.writes.withLock { $0.count } }
}
