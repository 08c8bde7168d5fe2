import Foundation
import TestSupport
import Testing

@Suite struct TestSupportTests {
    static let shell = URL(filePath: "/bin/sh")

    @Test func `a temporary folder goes with its last reference`() throws {
        var folder: TemporaryFolder? = try TemporaryFolder()
        let file = try #require(try folder?.write("text", to: "a/b.txt"))
        #expect(try String(contentsOf: file, encoding: .utf8) == "text")
        folder = nil
        #expect(!FileManager.default.fileExists(atPath: file.path))
    }

    @Test func `both streams of any size, the input and the status come through`() async throws {
        let script = "head -c 3000000 /dev/zero; head -c 2000000 /dev/zero >&2; cat; printf %s \"$WHO\"; exit 3"
        let outcome = try await BinaryRunner.run(
            Self.shell, ["-c", script], environment: ["WHO": "me"], input: Data("input".utf8))
        #expect(outcome.status == 3)
        #expect(outcome.output.count == 3_000_007)
        #expect(outcome.outputText.hasSuffix("inputme"))
        #expect(outcome.errors.count == 2_000_000)
    }

    @Test func `a process that hangs is killed`() async throws {
        await #expect(throws: RunningProcess.TimedOut.self) {
            try await BinaryRunner.run(Self.shell, ["-c", "exec sleep 600"], timeout: .milliseconds(100))
        }
    }

    @Test func `a server is waited for, told to stop, and stopped`() async throws {
        let script = "trap 'echo bye; exit 5' TERM; echo listening on 7; while :; do sleep 0.05; done"
        let server = try RunningProcess(Self.shell, ["-c", script])
        #expect(try await server.line { $0.hasPrefix("listening") } == "listening on 7")
        #expect(server.isRunning)
        #expect(try await server.stop() == 5)
        #expect(String(decoding: server.output, as: UTF8.self).hasSuffix("bye\n"))
    }

    @Test func `a signal that kills is reported as shells do`() async throws {
        let process = try RunningProcess(Self.shell, ["-c", "exec sleep 600"])
        process.send(signal: SIGKILL)
        #expect(try await process.exit() == 137)
    }

    @Test func `a line that never comes fails when the process ends`() async throws {
        let process = try RunningProcess(Self.shell, ["-c", "echo other"])
        await #expect(throws: RunningProcess.TimedOut.self) { try await process.line { $0 == "ready" } }
    }

    @Test func `a dropped process is killed`() async throws {
        var process: RunningProcess? = try RunningProcess(Self.shell, ["-c", "exec sleep 600"])
        let identifier = try #require(process?.identifier)
        #expect(kill(identifier, 0) == 0)
        process = nil
        let deadline = ContinuousClock.now + .seconds(10)
        while kill(identifier, 0) == 0, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
        #expect(kill(identifier, 0) != 0)
    }

    @Test func `the executables of this package are found`() async throws {
        let outcome = try await BinaryRunner.run("canvass", [])
        #expect(outcome.status < 128)
        #expect(throws: Executables.Missing.self) { try Executables.url(of: "canvass-unheard-of") }
    }

    /// Published with the reference implementation (S. Vigna, splitmix64.c) for seed 1234567.
    @Test func `the generator gives its published numbers`() {
        var random = SplitMix64(seed: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        #expect(expected.map { _ in random.next() } == expected)
    }
}
