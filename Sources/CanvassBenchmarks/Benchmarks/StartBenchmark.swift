import Canvass
import CanvassTrials
import Foundation

/// How long somebody waits who only wants to see where the replica stands.
struct StartBenchmark: Benchmark {
    let name = "start"
    let summary = "a cold `canvass status`, from the start of the process to its end"

    private static let nothing = URL(filePath: "/usr/bin/true")
    private static let responseCount = 500

    func run(in session: BenchmarkSession, into outcome: inout BenchmarkOutcome) async throws {
        guard let canvass = session.executable("canvass") else {
            return outcome.skip("`canvass status`", because: BenchmarkSession.clientIsAbsent)
        }
        let folder = try session.scratch.makeFolder()
        let field = try FieldReplica(at: folder.appending(path: "start.canvass").path, form: VisitSurvey.form)
        var responses = try VisitResponses(to: field.survey, in: field.replica)
        try responses.write(Self.responseCount)
        var status = Samples()
        var version = Samples()
        var trivial = Samples()
        for _ in 0..<session.rounds(40, quick: 5) {
            try session.checkInterrupt()
            let arguments = ["status", "--replica", field.replica.path]
            status.add(try await ChildProcess.run(canvass, arguments, in: folder).seconds)
            version.add(try await ChildProcess.run(canvass, ["--version"], in: folder).seconds)
            trivial.add(try await ChildProcess.run(Self.nothing, [], in: folder).seconds)
        }
        let anchor = Figure.Anchor(name: "a process that does nothing", samples: trivial)
        outcome.add(Figure(name: "canvass status", unit: .seconds, samples: status, anchor: anchor))
        outcome.add(Figure(name: "canvass --version", unit: .seconds, samples: version, anchor: anchor))
    }
}
