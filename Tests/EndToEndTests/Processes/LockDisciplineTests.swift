import Foundation
import TestSupport
import Testing

/// Watches the system calls of real commands: nothing is written to a replica's file or its log except under the lock.
///
/// SQLite before 3.51.3 can corrupt a file when one process checkpoints while another starts the log anew.
@Suite(.enabled(if: Strace.isUsable, "strace is not installed, or may not trace here"))
struct LockDisciplineTests {
    @Test func `no command writes or checkpoints without the lock`() async throws {
        let team = try await FieldTeam(collectors: ["ana"])
        let organisation = team.organisation
        let replica = organisation.path(of: "ana")
        try organisation.folder.write(#"{"score": 9}"#, to: "answers.json")
        try team.writeTable("rows.csv", rows: 0..<600)
        let commands: [[String]] = [
            ["collect", "field", "--answers", "answers.json"], ["response", "import", "field", "rows.csv"], ["sync"],
            ["status"], ["response", "list", "field"], ["report", "field"], ["query", "SELECT 1"], ["doctor"],
            ["doctor", "--repair"], ["backup", "copy.canvass"],
        ]
        var writes = 0
        for command in commands {
            let log = organisation.folder.url.appending(path: "calls")
            let options = [
                "-D", "-f", "-qq", "-y", "-s", "0", "-o", log.path, "-e", "trace=flock,pwrite64,write,ftruncate",
            ]
            let program = try Executables.url(of: "canvass").path
            let outcome = try await BinaryRunner.run(
                #require(Strace.url), options + [program, "--replica", replica] + command,
                workingFolder: organisation.folder.url)
            #expect(outcome.status == 0, "\(command): \(outcome.errorText)")
            writes += try unlockedWrites(in: log, replica: replica, command)
        }
        #expect(writes > 100)
    }

    /// Reports each write to the file or its log outside of the lock.
    ///
    /// - Returns: how many there were inside.
    private func unlockedWrites(in log: URL, replica: String, _ command: [String]) throws -> Int {
        var isLocked = false
        var writes = 0
        for line in try String(contentsOf: log, encoding: .utf8).split(separator: "\n") {
            if line.contains("flock(") ? line.contains("<\(replica)-lock>") : line.contains("flock resumed") {
                // Only the thread that asks writes; where another runs meanwhile, strace cuts the line in two.
                if line.contains("LOCK_UN") {
                    isLocked = false
                } else if line.hasSuffix("= 0") {
                    isLocked = true
                }
            } else if line.contains("<\(replica)>") || line.contains("<\(replica)-wal>") {
                writes += 1
                #expect(isLocked, "\(command): \(line)")
            }
        }
        return writes
    }
}
