import CanvassCoding
import Foundation
import TestSupport
import Testing

/// `canvass doctor` and `canvass backup`, from outside.
struct CommandLineDoctorTests {
    @Test func `a sound replica is sound, backed up and salvaged`() async throws {
        let line = try await CommandLine(demonstrating: "analyst")
        #expect(try await line.text("doctor").contains("Sound"))
        let backup = line.folder.path("backup.canvass")
        let made = try await line.json("backup", backup)
        #expect(made["report"]?["isSound"] == true)
        #expect(try await line.failure("backup", backup)["code"] == "invalid-input")
        try await line.text("backup", backup, "--replace")
        let saved = line.folder.path("saved.canvass")
        #expect(try await line.text("doctor", "--salvage", saved).contains(saved))
        let responses = try await line.json("status")["responses"]
        #expect(made["responses"] == responses)
        for path in [backup, saved] {
            #expect(try await line.json("status", "--replica", path)["responses"] == responses)
        }
        #expect(try await line.run("doctor", "--repair", "--salvage", saved).status == 2)
    }

    @Test func `a damaged replica is told apart, and a file that does not open is salvaged`() async throws {
        let line = try await CommandLine(demonstrating: "analyst")
        let backup = line.folder.path("backup.canvass")
        try await line.text("backup", backup)
        var bytes = try Data(contentsOf: URL(filePath: backup))
        for offset in 0..<100 { bytes[offset] = 0xff }
        try bytes.write(to: URL(filePath: backup))
        let error = try await line.failure("doctor", "--replica", backup)
        #expect(error["code"] != nil)
        let saved = line.folder.path("saved.canvass")
        let report = try await line.json("doctor", "--replica", backup, "--salvage", saved, status: 3)
        #expect(report["changesRead"] == report["changesSound"])
        #expect(try await line.json("doctor", "--replica", saved)["isSound"] == true)
    }
}
