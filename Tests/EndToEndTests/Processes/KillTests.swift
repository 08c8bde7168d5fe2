import CanvassCoding
import Foundation
import TestSupport
import Testing

/// `kill -9` at one system call after the other of `canvass collect`, `response import`, `sync` and `backup`, with the real
/// program.
///
/// After each: what was acknowledged is there, the file is sound, the same command works at once and nothing is doubled.
/// `CANVASS_KILLS=all` kills at every call that has an effect, `every` at every call; without it, at 12 calls of each
/// workflow that have an effect.
@Suite(.enabled(if: Strace.isUsable, "strace is not installed, or may not trace here"))
struct KillTests {
    private static let limit = 12
    private let team: FieldTeam
    private var chance: SplitMix64

    init() async throws {
        team = try await FieldTeam(collectors: ["ana"])
        chance = SplitMix64.forTest("kill")
    }

    private var organisation: Organisation { team.organisation }

    private func arguments(_ person: String, _ command: [String]) throws -> [String] {
        [try Executables.url(of: "canvass").path, "--replica", organisation.path(of: person)] + command
    }

    private func traced(_ options: [String], _ person: String, _ command: [String]) async throws
        -> BinaryRunner.Outcome
    {
        try await BinaryRunner.run(
            #require(Strace.url), options + (try arguments(person, command)),
            workingFolder: organisation.folder.url)
    }

    /// Kills a command at each of the points, and has `check` look at what is left and run the command again.
    ///
    /// - Parameters:
    ///   - prepare: makes everything ready for the command, as often as it is run.
    ///   - check: is given what the command wrote until it was killed.
    private mutating func sweep(
        _ person: String, _ command: [String], prepare: () async throws -> Void,
        check: (BinaryRunner.Outcome, Strace.Point) async throws -> Void
    ) async throws {
        let log = organisation.folder.url.appending(path: "calls")
        try await prepare()
        #expect(try await traced(Strace.recording(to: log), person, command).status == 0)
        let points = Strace.points(try Strace.counts(in: log), limit: Self.limit, using: &chance)
        #expect(points.count > Self.limit / 2)
        var killed = 0
        for point in points {
            try await prepare()
            let outcome = try await traced(point.options, person, command)
            killed += outcome.status == 137 ? 1 : 0
            #expect(outcome.status == 137 || outcome.status == 0, "\(point): \(outcome.errorText)")
            let findings = try await team.findings(on: person)
            #expect(findings.isEmpty, "\(point): \(findings)")
            try await check(outcome, point)
        }
        print("\(command.prefix(2).joined(separator: " ")): killed at \(killed) of \(points.count) calls")
        // Which thread makes a call differs from run to run, and with it a few of the numbers.
        #expect(killed * 2 > points.count)
    }

    @Test mutating func `a response that was acknowledged is there`() async throws {
        let answers = #"[{"score": 9}, {"score": 3, "reason": "Queues"}, {"score": 10}]"#
        try organisation.folder.write(answers, to: "answers.json")
        let command = ["collect", "field", "--answers", "answers.json"]
        var ledger: Set<String> = []
        let team = team
        try await sweep("ana", command, prepare: {}) { outcome, point in
            ledger.formUnion(recorded(in: outcome))
            let held = try await team.responses(of: "ana")
            #expect(ledger.isSubset(of: held), "\(point): \(ledger.subtracting(held)) lost")
            #expect(Set(held).count == held.count)
            let again = try await team.organisation.run("ana", command)
            #expect(again.status == 0, "\(point): \(again.errorText)")
            ledger.formUnion(recorded(in: again))
            let after = try await team.responses(of: "ana")
            #expect(after.count == held.count + 3 && ledger.isSubset(of: after), "\(point)")
        }
    }

    @Test mutating func `an import leaves whole batches, and goes on where it was`() async throws {
        try team.writeTable("rows.csv", rows: 0..<520)
        let empty = try team.copy("ana.canvass")
        let command = ["response", "import", "field", "rows.csv"]
        let team = team
        try await sweep("ana", command, prepare: { try empty.restore() }) { outcome, point in
            let held = try await team.responses(of: "ana").count
            #expect([0, 500, 520].contains(held), "\(point)")
            if outcome.status == 0 || outcome.outputText.contains("Added") { #expect(held == 520, "\(point)") }
            for added in [520 - held, 0] {
                let again = try await team.organisation.json("ana", "response", "import", "field", "rows.csv")
                #expect(again["added"]?.integerValue == Int64(added), "\(point)")
            }
            #expect(try await Set(team.responses(of: "ana")).count == 520)
        }
    }

    @Test mutating func `a push that was killed is sent once`() async throws {
        var ledger: Set<String> = []
        let team = team
        let prepare = {
            let outcome = try await team.organisation.run(
                "ana", ["collect", "field", "--answers", "-"], input: Data(#"{"score": 8}"#.utf8))
            ledger.formUnion(recorded(in: outcome))
        }
        try await sweep("ana", ["sync"], prepare: prepare) { outcome, point in
            if outcome.outputText.contains("sent 1 change") {
                #expect(try await team.unsent(of: "ana") == 0, "\(point)")
            }
            let again = try await team.organisation.json("ana", "sync")
            #expect(again["refused"]?.listValue == [] && again["divergent"]?.listValue == [], "\(point)")
            #expect(try await team.unsent(of: "ana") == 0, "\(point)")
            #expect(again["forked"]?.listValue == [], "\(point)")
        }
        try await organisation.json("rita", "sync")
        let arrived = try await team.responses(of: "rita")
        #expect(ledger.count > Self.limit / 2 && Set(arrived) == ledger && arrived.count == ledger.count)
    }

    @Test mutating func `a pull that was killed is fetched once`() async throws {
        try team.writeTable("rows.csv", rows: 0..<60)
        try await organisation.json("ana", "response", "import", "field", "rows.csv")
        try await organisation.json("ana", "sync")
        let sent = Set(try await team.responses(of: "ana"))
        // A reviewer who writes nothing may be put back without becoming two.
        let before = try team.copy("rita.canvass")
        let team = team
        try await sweep("rita", ["sync"], prepare: { try before.restore() }) { outcome, point in
            let held = try await team.responses(of: "rita")
            #expect(held.isEmpty || held.count == 60, "\(point)")
            if outcome.outputText.contains("Received") { #expect(held.count == 60, "\(point)") }
            let again = try await team.organisation.json("rita", "sync")
            #expect(again["received"]?.integerValue == (held.isEmpty ? Int64(60) : 0), "\(point)")
            #expect(try await Set(team.responses(of: "rita")) == sent, "\(point)")
        }
    }
}

extension KillTests {
    @Test mutating func `a backup is whole or not there`() async throws {
        try team.writeTable("rows.csv", rows: 0..<300)
        try await organisation.json("ana", "response", "import", "field", "rows.csv")
        let team = team
        let target = organisation.folder.path("copy.canvass")
        try await sweep("ana", ["backup", target], prepare: { try? FileManager.default.removeItem(atPath: target) }) {
            outcome, point in
            let isThere = FileManager.default.fileExists(atPath: target)
            if outcome.status == 0 || outcome.outputText.contains("Wrote") { #expect(isThere, "\(point)") }
            if isThere {
                let report = try await team.organisation.run("copy", ["doctor"])
                #expect(report.status == 0, "\(point): \(report.outputText)")
            }
            let again = try await team.organisation.run("ana", ["backup", target] + (isThere ? ["--replace"] : []))
            #expect(again.status == 0, "\(point): \(again.errorText)")
            #expect(try await team.responses(of: "copy").count == 300)
        }
    }
}

/// The ids that `canvass collect` has said are recorded.
func recorded(in outcome: BinaryRunner.Outcome) -> [String] {
    outcome.outputText.split(separator: "\n").compactMap { line in
        line.range(of: "recorded as ").map { String(line[$0.upperBound...].prefix(26)) }
    }.filter { $0.count == 26 }
}
