import CanvassCoding
import Foundation
import TestSupport
import Testing

/// `kill -9` at one system call after the other of `canvass-relay serve`, from its start to the answer of a push.
///
/// The relay is started again at once, and `canvass sync` goes on: nothing is lost, nothing is there twice.
/// `CANVASS_KILLS=all` kills at every call that has an effect, `every` at every call; without it, at 10 calls
/// that have an effect.
@Suite(.enabled(if: Strace.isUsable, "strace is not installed, or may not trace here"))
struct RelayKillTests {
    private static let limit = 10
    private let team: FieldTeam

    init() async throws {
        team = try await FieldTeam(collectors: ["ana"])
    }

    private var organisation: Organisation { team.organisation }

    private func serve(under options: [String]) throws -> RunningProcess {
        let address = organisation.address.replacing("http://", with: "")
        let data = organisation.folder.path("relay")
        let command = [try Executables.url(of: "canvass-relay").path, "serve", "--data", data, "--listen", address]
        return try RunningProcess(try #require(Strace.url), options + command)
    }

    /// Whether the relay came as far as to listen.
    private func isListening(_ relay: RunningProcess) async -> Bool {
        (try? await relay.line { $0.contains("listening on") }) != nil
    }

    @Test func `a relay killed while it commits a push has all of it or nothing, and takes it once`() async throws {
        try team.writeTable("rows.csv", rows: 0..<30)
        try await organisation.json("ana", "response", "import", "field", "rows.csv")
        let sent = Set(try await team.responses(of: "ana"))
        try await organisation.stopRelay()
        let before = try ["relay", "ana.canvass", "rita.canvass"].map { try team.copy($0) }

        let log = organisation.folder.url.appending(path: "calls")
        let traced = try serve(under: Strace.recording(to: log))
        #expect(await isListening(traced))
        #expect(try await organisation.json("ana", "sync")["sent"]?.integerValue == 30)
        #expect(try await traced.stop() == 0)

        var chance = SplitMix64.forTest("kill relay")
        let points = Strace.points(try Strace.counts(in: log), limit: Self.limit, using: &chance)
        #expect(points.count > Self.limit / 2)
        var killed = 0
        for point in points {
            for copy in before { try copy.restore() }
            let doomed = try serve(under: point.options)
            let isServing = await isListening(doomed)
            let sync = isServing ? try start("ana", "sync") : nil
            while let sync, doomed.isRunning, sync.isRunning { try await Task.sleep(for: .milliseconds(5)) }
            killed += doomed.isRunning ? 0 : 1
            if doomed.isRunning {
                // Not reached by this sync; the end of the relay may still reach it.
                let status = try await doomed.stop()
                #expect(status == 0 || status == 137, "\(point)")
            }
            try await organisation.startRelay()
            if let sync {
                // It may have asked again before the relay was back, and then says so.
                let outcome = try await sync.outcome()
                let isExcused = outcome.errorText.contains("nothing accepts connections there")
                #expect(outcome.status == 0 || isExcused, "\(point): \(outcome.errorText)")
            }
            try await expectArrived(sent, point)
            try await organisation.stopRelay()
        }
        print("relay: killed at \(killed) of \(points.count) calls")
        #expect(killed * 2 > points.count)
    }

    private func start(_ person: String, _ command: String...) throws -> RunningProcess {
        try RunningProcess("canvass", ["--replica", organisation.path(of: person)] + command)
    }

    private func expectArrived(_ sent: Set<String>, _ point: Strace.Point) async throws {
        _ = try await organisation.json("ana", "sync")
        #expect(try await team.unsent(of: "ana") == 0, "\(point)")
        let status = try await organisation.json("rita", "sync")
        #expect(status["divergent"]?.listValue == [] && status["forked"]?.listValue == [], "\(point)")
        let arrived = try await team.responses(of: "rita")
        #expect(Set(arrived) == sent && arrived.count == sent.count, "\(point)")
        let digests = try await organisation.digests(of: "ana")
        #expect(try await organisation.digests(of: "rita").filter { digests[$0.key] != nil } == digests, "\(point)")
        for person in ["ana", "rita"] { #expect(try await team.findings(on: person).isEmpty, "\(point)") }
    }
}
