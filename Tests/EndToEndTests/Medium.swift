import CanvassCoding
import Foundation
import TestSupport
import Testing

/// A small file system of its own, with a replica on it, that a test fills up or protects against writing.
///
/// It is mounted in a name space that goes with the process, so nothing outside sees it and nothing is left behind. What
/// the commands say lands in a folder outside.
struct Medium {
    /// What one command said.
    struct Answer {
        let status: Int
        let output: String
        let errors: String
    }

    private let line: CommandLine

    /// - Parameter person: of the demonstration, whose replica is put on the medium.
    init(holdingReplicaOf person: String) async throws {
        line = try await CommandLine(demonstrating: person)
    }

    /// How to start a shell that may mount; nil where the system does not let this user.
    static let shell: [String]? = [["unshare", "-m"], ["unshare", "-r", "-m"]].first { words in
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words + ["sh", "-c", "mount -t tmpfs none /mnt"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    static var canMount: Bool { shell != nil }

    /// Runs a script on the medium, which is `$M` in it and holds `field.canvass`.
    ///
    /// - Parameter script: for a shell, with a function `try NAME WORDS…` that runs `canvass` and keeps what it says under a name.
    /// - Returns: the answers by name.
    func run(_ script: String) async throws -> [String: Answer] {
        let answers = line.folder.url.appending(path: "answers")
        try FileManager.default.createDirectory(at: answers, withIntermediateDirectories: true)
        let canvass = try Executables.url(of: "canvass").path
        let preamble = """
            set -u
            M='\(line.folder.path("medium"))'; A='\(answers.path)'
            mkdir -p "$M" && mount -t tmpfs -o size=4m none "$M" || exit 99
            cp '\(line.replica)' "$M/field.canvass"
            try() {
                name=$1; shift
                '\(canvass)' --replica "$M/field.canvass" "$@" > "$A/$name.out" 2> "$A/$name.err"
                echo $? > "$A/$name.status"
            }
            fill() { dd if=/dev/zero of="$M/filler" bs=4096 2> /dev/null; true; }

            """
        let outcome = try await BinaryRunner.run(
            URL(filePath: "/usr/bin/env"), try #require(Medium.shell) + ["sh", "-c", preamble + script],
            timeout: .seconds(180))
        try #require(outcome.status == 0, "\(outcome.errorText)")
        return try read(answers)
    }

    private func read(_ folder: URL) throws -> [String: Answer] {
        var result: [String: Answer] = [:]
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        where file.pathExtension == "status" {
            let text = { (kind: String) in
                try String(contentsOf: file.deletingPathExtension().appendingPathExtension(kind), encoding: .utf8)
            }
            let status = try text("status").trimmingCharacters(in: .whitespacesAndNewlines)
            result[file.deletingPathExtension().lastPathComponent] = Answer(
                status: Int(status) ?? -1, output: try text("out"), errors: try text("err"))
        }
        return result
    }
}
