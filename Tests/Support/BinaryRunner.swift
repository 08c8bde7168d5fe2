public import Foundation

/// Runs a built executable to its end, as a user's shell would.
public enum BinaryRunner {
    public struct Outcome: Sendable {
        /// The exit code, or 128 plus the number of the signal that ended it.
        public let status: Int32
        public let output: Data
        public let errors: Data

        public var outputText: String { String(decoding: output, as: UTF8.self) }
        public var errorText: String { String(decoding: errors, as: UTF8.self) }
    }

    /// - Parameters:
    ///   - executable: "canvass", "canvass-relay" or "canvass-bench".
    ///   - environment: all the variables it gets besides `PATH`.
    /// - Throws: `RunningProcess.TimedOut`, after killing it.
    public static func run(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:], input: Data? = nil,
        workingFolder: URL? = nil, timeout: Duration = .seconds(60)
    ) async throws -> Outcome {
        try await run(
            Executables.url(of: executable), arguments, environment: environment, input: input,
            workingFolder: workingFolder, timeout: timeout)
    }

    /// Runs any executable.
    public static func run(
        _ executable: URL, _ arguments: [String], environment: [String: String] = [:], input: Data? = nil,
        workingFolder: URL? = nil, timeout: Duration = .seconds(60)
    ) async throws -> Outcome {
        let process = try RunningProcess(
            executable, arguments, environment: environment, input: input, workingFolder: workingFolder)
        return try await process.outcome(within: timeout)
    }
}

extension RunningProcess {
    /// Waits until the process ends, and gathers what it wrote.
    public func outcome(within timeout: Duration = .seconds(60)) async throws -> BinaryRunner.Outcome {
        let status = try await exit(within: timeout)
        return BinaryRunner.Outcome(status: status, output: output, errors: errors)
    }
}
