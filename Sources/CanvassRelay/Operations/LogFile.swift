import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file to which lines are added, by this process and others. A line is one write(2) at the end of the file, so that lines
/// never mix.
///
/// SIGHUP makes it open its path anew, so that a file that was moved aside can be put away (logrotate(8)).
package final class LogFile: Sendable {
    private struct Opened {
        var descriptor: Int32
        var generation: Int
    }

    private let path: String
    private let opened: Mutex<Opened>

    /// How often SIGHUP has come.
    private static let generation = Atomic<Int>(0)

    /// - Throws: `RelayFailure` where it cannot be opened.
    package init(path: String) throws(RelayFailure) {
        let descriptor = Self.open(path)
        guard descriptor >= 0 else {
            throw RelayFailure(
                "\(path) cannot be written: \(String(cString: strerror(errno)))",
                remedy: "make its folder, and give the user of the relay the right to write there")
        }
        self.path = path
        opened = Mutex(Opened(descriptor: descriptor, generation: Self.generation.load(ordering: .relaxed)))
    }

    deinit {
        let descriptor = opened.withLock { $0.descriptor }
        close(descriptor)
    }

    private static func open(_ path: String) -> Int32 {
        #if canImport(Glibc)
            Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
        #else
            Darwin.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
        #endif
    }

    /// Adds a line, best effort: a log that cannot be written must not stop the relay.
    package func write(_ line: String) {
        opened.withLock { opened in
            let current = Self.generation.load(ordering: .relaxed)
            if current != opened.generation {
                opened.generation = current
                let descriptor = Self.open(path)
                if descriptor >= 0 {
                    close(opened.descriptor)
                    opened.descriptor = descriptor
                }
            }
            Self.write(line, to: opened.descriptor)
        }
    }

    package static func write(_ line: String, to descriptor: Int32) {
        let bytes = Array((line + "\n").utf8)
        #if canImport(Glibc)
            _ = Glibc.write(descriptor, bytes, bytes.count)
        #else
            _ = Darwin.write(descriptor, bytes, bytes.count)
        #endif
    }

    /// From now on SIGHUP, which would end the process, makes log files open their paths anew.
    package static func reopenAtHangUp() {
        SignalHandler.install(
            { _ in LogFile.generation.add(1, ordering: .relaxed) }, for: SIGHUP, flags: Int32(SA_RESTART))
    }
}
