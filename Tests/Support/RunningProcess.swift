public import Foundation

/// A built executable that runs beside the test, a server for instance. It is killed when the last reference goes.
///
/// Its output goes to files, not pipes: however much it writes and whenever the test reads, neither waits for the other.
public final class RunningProcess: Sendable {
    public struct TimedOut: Error, CustomStringConvertible {
        public let description: String
    }

    private let process: Process
    private let folder: TemporaryFolder

    public let identifier: Int32

    /// Starts an executable of this package: "canvass", "canvass-relay", "canvass-bench".
    /// - Parameters:
    ///   - environment: all the variables it gets; by default only `PATH`, so that no test depends on who runs it.
    ///   - input: its standard input; empty when nil.
    public convenience init(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:], input: Data? = nil,
        workingFolder: URL? = nil
    ) throws {
        try self.init(
            Executables.url(of: executable), arguments, environment: environment, input: input,
            workingFolder: workingFolder)
    }

    /// Starts any executable.
    public init(
        _ executable: URL, _ arguments: [String], environment: [String: String] = [:], input: Data? = nil,
        workingFolder: URL? = nil
    ) throws {
        folder = try TemporaryFolder()
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        process.environment = environment.merging(["PATH": path]) { given, _ in given }
        process.currentDirectoryURL = workingFolder
        for name in ["stdin", "stdout", "stderr"] {
            let contents = name == "stdin" ? input ?? Data() : Data()
            try contents.write(to: folder.url.appending(path: name))
        }
        let standardInput = try FileHandle(forReadingFrom: folder.url.appending(path: "stdin"))
        let standardOutput = try FileHandle(forWritingTo: folder.url.appending(path: "stdout"))
        let standardError = try FileHandle(forWritingTo: folder.url.appending(path: "stderr"))
        process.standardInput = standardInput
        process.standardOutput = standardOutput
        process.standardError = standardError
        try process.run()
        // The child holds its own descriptors now.
        for handle in [standardInput, standardOutput, standardError] { try handle.close() }
        identifier = process.processIdentifier
        self.process = process
    }

    deinit {
        if process.isRunning { kill(identifier, SIGKILL) }
    }

    public var isRunning: Bool { process.isRunning }

    /// All that it has written to standard output so far.
    public var output: Data { contents("stdout") }

    /// All that it has written to standard error so far.
    public var errors: Data { contents("stderr") }

    /// Waits until a complete line of standard output or standard error satisfies `condition`, and returns it.
    /// - Throws: `TimedOut` with everything written so far, also when the process ends without such a line.
    public func line(
        within timeout: Duration = .seconds(20), where condition: @Sendable (String) -> Bool
    ) async throws -> String {
        let deadline = ContinuousClock.now + timeout
        while true {
            let isLast = !process.isRunning
            for data in [output, errors] {
                let text = String(decoding: data, as: UTF8.self)
                let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                if let match = lines.first(where: { condition(String($0)) }) { return String(match) }
            }
            guard !isLast, ContinuousClock.now < deadline else { throw timedOut("no such line", timeout) }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Sends a signal to this process alone.
    public func send(signal: Int32) {
        // A process that has been waited for has given its identifier back to the system.
        if process.isRunning { kill(identifier, signal) }
    }

    /// Waits until the process ends.
    /// - Returns: its exit code, or 128 plus the number of the signal that ended it, as shells report it.
    /// - Throws: `TimedOut`, after killing it.
    @discardableResult
    public func exit(within timeout: Duration = .seconds(60)) async throws -> Int32 {
        let deadline = ContinuousClock.now + timeout
        while process.isRunning {
            guard ContinuousClock.now < deadline else {
                send(signal: SIGKILL)
                throw timedOut("still running", timeout)
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        return process.terminationReason == .uncaughtSignal
            ? 128 + process.terminationStatus : process.terminationStatus
    }

    /// Asks it to end with SIGTERM and waits for that.
    @discardableResult
    public func stop(within timeout: Duration = .seconds(20)) async throws -> Int32 {
        send(signal: SIGTERM)
        return try await exit(within: timeout)
    }

    private func contents(_ name: String) -> Data {
        // The file was made before the process started: it cannot be missing while the folder is there.
        (try? Data(contentsOf: folder.url.appending(path: name))) ?? Data()
    }

    private func timedOut(_ what: String, _ timeout: Duration) -> TimedOut {
        let written = String(decoding: output + errors, as: UTF8.self)
        return TimedOut(description: "process \(identifier): \(what) within \(timeout); it wrote:\n\(written)")
    }
}
