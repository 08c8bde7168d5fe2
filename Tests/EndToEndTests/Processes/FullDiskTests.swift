import CanvassCoding
import Foundation
import TestSupport
import Testing

/// Writing past what the disk holds. A limit on the size of files stands for the full disk: it needs no rights.
struct FullDiskTests {
    @Test func `a backup that finds no room says where, and leaves nothing`() async throws {
        let line = try await CommandLine(demonstrating: "analyst")
        let target = line.folder.path("backup")
        let program = try Executables.url(of: "canvass").path
        let script = "ulimit -f 100; trap '' XFSZ; exec '\(program)' --replica '\(line.replica)' backup '\(target)'"
        let outcome = try await BinaryRunner.run(URL(filePath: "/bin/sh"), ["-c", script])
        #expect(outcome.status == 1)
        #expect(outcome.errorText.contains("the backup \(target) could not be written"), "\(outcome.errorText)")
        #expect(outcome.errorText.contains("with room for it"), "\(outcome.errorText)")
        let names = try FileManager.default.contentsOfDirectory(atPath: line.folder.url.path)
        #expect(!names.contains { $0.hasPrefix("backup") }, "\(names)")
        #expect(try await line.json("doctor")["isSound"] == true)
        try await line.text("backup", target)
    }
}
