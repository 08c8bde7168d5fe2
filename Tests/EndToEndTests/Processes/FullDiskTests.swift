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

    /// The file system is a small one of its own, in a name space that goes with the script.
    @Test(.enabled("needs a user who may mount") { Medium.canMount })
    func `a relay whose disk is full takes nothing and says so, and goes on once there is room`() async throws {
        let folder = try TemporaryFolder()
        let (relay, canvass) = (try Executables.url(of: "canvass-relay").path, try Executables.url(of: "canvass").path)
        let rows = (0..<9_000).map { "\($0 % 7),row \($0) \(UInt64.random(in: 0 ... .max))" }
        try folder.write("score,reason\n" + rows[..<100].joined(separator: "\n") + "\n", to: "few.csv")
        try folder.write("score,reason\n" + rows.joined(separator: "\n") + "\n", to: "many.csv")
        let script = """
            set -u
            cd '\(folder.url.path)' && mkdir medium && mount -t tmpfs -o size=6m none medium || exit 99
            '\(relay)' serve --data medium/relay --listen 127.0.0.1:0 > serve.out 2> serve.err &
            server=$!
            for _ in $(seq 100); do grep -q 'canvass join' serve.out && break; sleep 0.1; done
            try() { name=$1; shift; "$@" > $name.out 2> $name.err; echo $? > $name.status; }
            dana() { '\(canvass)' --replica dana.canvass "$@"; }
            ana() { '\(canvass)' --replica ana.canvass "$@"; }
            link=$(sed -n "s/.*canvass join '\\(http[^']*\\)'.*/\\1/p" serve.out)
            dana join "$link" && dana campaign create visits && dana survey import '\(CommandLine.workbook("field.xlsx"))' \
                && dana survey publish field && dana sync || exit 98
            link=$('\(relay)' invite --data medium/relay --campaign visits --role collector 2> invite.err)
            ana join "$link" && ana response import field few.csv || exit 97
            try before ana sync
            ana response import field many.csv || exit 96
            dd if=/dev/zero of=medium/filler bs=4096 2> filler.err
            try full ana sync
            rm medium/filler
            try after ana sync
            try status ana status --json
            kill -TERM $server && wait $server; echo $? > server.status
            """
        let shell = try #require(Medium.shell)
        let outcome = try await BinaryRunner.run(
            URL(filePath: "/usr/bin/env"), shell + ["sh", "-c", script], timeout: .seconds(120))
        try #require(outcome.status == 0, "\(outcome.outputText)\(outcome.errorText)")
        var said: [String: String] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.url.path) {
            said[name] = try? String(contentsOfFile: folder.path(name), encoding: .utf8)
        }
        #expect(said["before.status"] == "0\n", "\(said["before.err"] ?? "")")
        #expect(said["full.status"] == "1\n")
        #expect(said["full.err"]?.contains("no room") == true, "\(said["full.err"] ?? "")")
        #expect(said["after.status"] == "0\n", "\(said["after.err"] ?? "")")
        #expect(said["server.status"] == "0\n", "\(said["serve.err"] ?? "")")
        let status = try JSON.decode(Array((said["status.out"] ?? "").utf8))
        #expect(status["unsynced"]?.integerValue == 0, "\(status)")
    }
}
