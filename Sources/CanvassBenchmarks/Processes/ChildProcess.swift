import CanvassCommandLine
import Foundation

/// Another executable of the package, started here and ended here, by its id, at the latest when the last reference goes.
///
/// Its output goes to a file: however much it writes, it never waits for a reader.
final class ChildProcess: Sendable {
    private let process: Process
    private let outputFile: URL
    private let errorFile: URL
    private let ended: AsyncStream<ContinuousClock.Instant>

    /// - Parameter folder: an existing one for its output.
    init(_ executable: URL, _ arguments: [String], in folder: URL) throws {
        let (ended, continuation) = AsyncStream.makeStream(of: ContinuousClock.Instant.self)
        let name = UUID().uuidString
        outputFile = folder.appending(path: name + ".out")
        errorFile = folder.appending(path: name + ".err")
        for file in [outputFile, errorFile] { try Data().write(to: file) }
        let output = try FileHandle(forWritingTo: outputFile)
        let errors = try FileHandle(forWritingTo: errorFile)
        process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        process.terminationHandler = { _ in
            continuation.yield(.now)
            continuation.finish()
        }
        self.ended = ended
        try process.run()
        // The child holds descriptors of its own now.
        for handle in [output, errors] { try handle.close() }
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    var identifier: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    /// What it has written so far.
    var output: [UInt8] { Self.contents(outputFile) }
    var errors: String { String(decoding: Self.contents(errorFile), as: UTF8.self) }

    /// Waits until it has ended.
    /// - Returns: the moment of its end.
    /// - Throws: `WrongResult` with what it wrote to standard error, unless it ended with 0.
    @discardableResult
    func success() async throws -> ContinuousClock.Instant {
        guard let end = await ended.first(where: { _ in true }), process.terminationReason == .exit,
            process.terminationStatus == 0
        else {
            let name = process.executableURL?.lastPathComponent ?? ""
            throw WrongResult("\(name) ended with \(process.terminationStatus): \(errors)")
        }
        return end
    }

    /// Asks it to end with SIGTERM; kills it where it has not ended after `patience`.
    func stop(patience: Duration = .seconds(5)) async throws {
        guard process.isRunning else { return }
        process.terminate()
        let deadline = ContinuousClock.now + patience
        while process.isRunning, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// Runs an executable to its successful end, and looks at its memory all the while.
    /// - Returns: the seconds from its start to its end, and the greatest resident memory that was seen, in bytes; that of
    ///   its last milliseconds may have been more. Nil where the system does not tell.
    static func measure(
        _ executable: URL, _ arguments: [String], in folder: URL
    ) async throws -> (seconds: Double, peakMemoryBytes: Int?) {
        let start = ContinuousClock.now
        let child = try ChildProcess(executable, arguments, in: folder)
        var peak: Int?
        while child.isRunning {
            if let bytes = PeakMemory.bytes(of: child.identifier) { peak = max(peak ?? 0, bytes) }
            try await Task.sleep(for: .milliseconds(2))
        }
        let end = try await child.success()
        return (start.duration(to: end) / .seconds(1), peak)
    }

    /// Runs an executable to its successful end.
    /// - Returns: what it wrote to standard output, and the seconds from its start to its end.
    static func run(
        _ executable: URL, _ arguments: [String], in folder: URL
    ) async throws -> (output: [UInt8], seconds: Double) {
        let start = ContinuousClock.now
        let child = try ChildProcess(executable, arguments, in: folder)
        let end = try await child.success()
        return (child.output, start.duration(to: end) / .seconds(1))
    }

    private static func contents(_ file: URL) -> [UInt8] {
        // The file was made before the process started: it cannot be missing while the folder is there.
        (try? Data(contentsOf: file)).map { [UInt8]($0) } ?? []
    }
}
