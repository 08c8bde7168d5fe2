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
