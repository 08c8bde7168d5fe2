import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A shell script in a process of its own, so that something outside this process holds a lock.
struct Shell {
    private let process = Process()

    struct NotReady: Error {}

    /// Returns once the script has made `readyFile`.
    init(_ script: String, readyFile: String) throws {
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script]
        try process.run()
        let deadline = Date(timeIntervalSinceNow: 20)
        while !FileManager.default.fileExists(atPath: readyFile) {
            guard process.isRunning, Date() < deadline else {
                kill()
                throw NotReady()
            }
            Thread.sleep(forTimeInterval: 0.005)
        }
    }

    var identifier: Int32 { process.processIdentifier }

    /// Stops it where it is, as Ctrl-Z does.
    func suspend() {
        _ = process.suspend()
        // SIGSTOP takes effect a moment after it was sent.
        while !state.hasPrefix("T") { Thread.sleep(forTimeInterval: 0.001) }
    }

    /// What Linux says of the process, from its state on.
    private var state: String {
        let text = (try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8)) ?? "T"
        return text.split(separator: ") ").last.map(String.init) ?? "T"
    }

    func finish() {
        process.waitUntilExit()
    }

    /// Ends it without a chance to clean up.
    func kill() {
        killAtOnce(process.processIdentifier)
        process.waitUntilExit()
    }
}

private func killAtOnce(_ process: pid_t) {
    kill(process, SIGKILL)
}
