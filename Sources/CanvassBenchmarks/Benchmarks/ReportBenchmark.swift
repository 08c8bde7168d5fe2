import Canvass
import CanvassInsight
import CanvassSQLite
import CanvassStore
import CanvassTrials
import Foundation

/// The figures of a survey, from the responses in a replica: in this process, and as an analyst calls it.
struct ReportBenchmark: Benchmark {
    let name = "report"
    let summary = "the report on 100,000 made-up responses, and on 2,831 real ones"

    func run(in session: BenchmarkSession, into outcome: inout BenchmarkOutcome) async throws {
        let folder = try session.scratch.makeFolder()
        let madeUp = try FieldReplica(at: folder.appending(path: "made-up.canvass").path, form: VisitSurvey.form)
        let count = session.rounds(100_000, quick: 2_000)
        var responses = try VisitResponses(to: madeUp.survey, in: madeUp.replica)
        try responses.write(count - 1)
        try await measure(madeUp, "\(FigureUnit.grouped(count)) made-up", count, folder, session, &outcome)
        guard let data = session.surveyData else {
            return outcome.skip("the report on real responses", because: BenchmarkSession.surveyDataIsAbsent)
        }
        let real = try FieldReplica(at: folder.appending(path: "real.canvass").path, form: data.form())
        try real.importAll(data.responses())
        try await measure(real, "2,831 real", SurveyData.rowCount, folder, session, &outcome)
    }

    private func measure(
        _ field: FieldReplica, _ what: String, _ count: Int, _ folder: URL, _ session: BenchmarkSession,
        _ outcome: inout BenchmarkOutcome
    ) async throws {
        outcome.add(try inProcess(field, what, count, session))
        guard let canvass = session.executable("canvass") else {
            return outcome.skip("`canvass report`", because: BenchmarkSession.clientIsAbsent)
        }
        outcome.add(try await cold(canvass, field, what, folder, session))
    }

    private func inProcess(
        _ field: FieldReplica, _ what: String, _ count: Int, _ session: BenchmarkSession
    ) throws -> Figure {
        var reported = Samples()
        var scanned = Samples()
        for _ in 0..<session.rounds(7, quick: 3) {
            try session.checkInterrupt()
            let result = try reported.time { try field.replica.report(on: field.survey, by: .all) }
            guard result.report.responses == count else {
                throw WrongResult("the report counts \(result.report.responses) responses")
            }
            try scanned.time { try Self.scan(field.replica, count) }
        }
        return Figure(
            name: "report in process, all divisions, \(what)", unit: .seconds, samples: reported,
            anchor: .init(name: "SQLite reading the rows", samples: scanned))
    }

    /// A new process each time: start, open, report, end.
    private func cold(
        _ canvass: URL, _ field: FieldReplica, _ what: String, _ folder: URL, _ session: BenchmarkSession
    ) async throws -> Figure {
        var reported = Samples()
        var started = Samples()
        for _ in 0..<session.rounds(7, quick: 2) {
            try session.checkInterrupt()
            let arguments = ["report", field.survey.name, "--json", "--replica", field.replica.path]
            reported.add(try await ChildProcess.run(canvass, arguments, in: folder).seconds)
            started.add(try await ChildProcess.run(canvass, ["--version"], in: folder).seconds)
        }
        return Figure(
            name: "canvass report, \(what)", unit: .seconds, samples: reported,
            anchor: .init(name: "canvass --version", samples: started))
    }

    /// Reads every byte of the merged responses.
    private static func scan(_ replica: Replica, _ expected: Int) throws {
        let count = try replica.store.database.read { connection in
            var statement = try connection.prepare(
                "SELECT fields FROM entity WHERE kind = (SELECT id FROM term WHERE text = 'response')")
            var count = 0
            while try statement.step() { count += statement.bytes(at: 0).isEmpty ? 0 : 1 }
            return count
        }
        guard count == expected else { throw WrongResult("\(count) rows were read") }
    }
}
