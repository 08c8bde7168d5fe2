import Foundation
import TestSupport

/// `strace`, which runs a program and kills it as it enters its nth system call of a kind.
enum Strace {
    static let url = Executables.find("strace")

    /// Whether it is there and may trace; containers can forbid it.
    static let isUsable: Bool = {
        guard let url else { return false }
        let process = Process()
        process.executableURL = url
        process.arguments = ["-f", "-o", "/dev/null", "/bin/true"]
        process.standardError = nil
        do { try process.run() } catch { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// A place where a program is killed.
    struct Point: CustomStringConvertible {
        let call: String
        let number: Int

        var description: String { "\(call) \(number)" }

        /// Kills with SIGKILL as the call is entered, before it does anything. The tracer is no parent of the program
        /// (`-D`): its exit code and its process identifier are those of the program.
        var options: [String] {
            [
                "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(call)", "-e",
                "inject=\(call):signal=KILL:when=\(number)",
            ]
        }
    }

    /// The command line that writes down every call into a file.
    static func recording(to file: URL) -> [String] { ["-D", "-f", "-qq", "-o", file.path] }

    /// How often each system call was made by the thread that made it most: strace counts by thread.
    static func counts(in file: URL) throws -> [String: Int] {
        var counts: [String: [Substring: Int]] = [:]
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            let fields = line.split(separator: " ", maxSplits: 1)
            guard fields.count == 2, let end = fields[1].firstIndex(of: "(") else { continue }
            let call = fields[1][..<end].drop { $0 == " " }
            guard call.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }), !call.isEmpty else { continue }
            counts[String(call), default: [:]][fields[0], default: 0] += 1
        }
        return counts.mapValues { $0.values.max() ?? 0 }
    }

    /// Calls that change what outlives the process: its files, and what others have received. A kill at any other call
    /// leaves what a kill at the next of these leaves.
    private static let effects: Set<String> = [
        "write", "writev", "pwrite64", "fdatasync", "fsync", "ftruncate", "unlink", "rename", "link", "mkdir", "fchown",
        "sendto", "sendmsg", "exit_group",
    ]

    /// The places to kill at: with `CANVASS_KILLS=all` every call that has an effect, with `CANVASS_KILLS=every` every
    /// call; otherwise `limit` of those that have an effect, evenly spread, beginning at a random one.
    static func points(
        _ counts: [String: Int], limit: Int, using chance: inout some RandomNumberGenerator
    ) -> [Point] {
        let wanted = ProcessInfo.processInfo.environment["CANVASS_KILLS"]
        let isExhaustive = wanted == "all" || wanted == "every"
        let all = counts.sorted { $0.key < $1.key }
            .filter { wanted == "every" || effects.contains($0.key) }
            .flatMap { call, count in (1...count).map { Point(call: call, number: $0) } }
        guard !isExhaustive, all.count > limit else { return all }
        let step = (all.count + limit - 1) / limit
        return stride(from: Int.random(in: 0..<step, using: &chance), to: all.count, by: step).map { all[$0] }
    }
}
