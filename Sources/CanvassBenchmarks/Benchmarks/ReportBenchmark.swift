import CanvassStore
import Canvass
import CanvassTrials
import CanvassInsight
import CanvassSQLite
import Foundation

/// The figures of the real survey, from the responses in a replica: in this process, and as an analyst calls it.
struct ReportBenchmark: Benchmark {
    let name = "report"
    let summary = "the report on 2,831 real responses"

    private static let limitSeconds = 0.3

    func run(in session: BenchmarkSession, into outcome: inout BenchmarkOutcome) async throws {
        guard let data = session.surveyData else {
            return outcome.skip("the report", because: BenchmarkSession.surveyDataIsAbsent)
        }
        let folder = try session.scratch.makeFolder()
        let file = folder.appending(path: "report.canvass")
        let field = try FieldReplica(at: file.path, form: data.form())
        try field.importAll(data.responses())
        outcome.add(try inProcess(field, session))
        guard let canvass = session.executable("canvass") else {
            return outcome.skip("`canvass report`", because: "canvass was not built beside this executable")
        }
        outcome.add(try await cold(canvass, field, folder, session))
    }

    private func inProcess(_ field: FieldReplica, _ session: BenchmarkSession) throws -> Figure {
        var reported = Samples()
        var scanned = Samples()
        for _ in 0..<session.rounds(20, quick: 3) {
            try session.checkInterrupt()
            let result = try reported.time { try field.replica.report(on: field.survey, by: .all) }
            guard result.report.responses == SurveyData.rowCount else {
                throw WrongResult("the report counts \(result.report.responses) responses")
            }
            try scanned.time { try Self.scan(field.replica) }
        }
        return Figure(
            name: "report in process, all divisions", unit: .seconds, samples: reported,
            anchor: .init(name: "SQLite reading the rows", samples: scanned), limit: .value(Self.limitSeconds))
    }

    /// A new process each time: start, open, report, end.
    private func cold(
        _ canvass: URL, _ field: FieldReplica, _ folder: URL, _ session: BenchmarkSession
    ) async throws -> Figure {
        var reported = Samples()
        var started = Samples()
        for _ in 0..<session.rounds(10, quick: 2) {
            try session.checkInterrupt()
            let arguments = ["report", field.survey.name, "--json", "--replica", field.replica.path]
            reported.add(try await ChildProcess.run(canvass, arguments, in: folder).seconds)
            started.add(try await ChildProcess.run(canvass, ["--version"], in: folder).seconds)
        }
        return Figure(
            name: "canvass report, cold", unit: .seconds, samples: reported,
            anchor: .init(name: "canvass --version", samples: started), limit: .value(Self.limitSeconds))
    }

    /// Reads every byte of the merged responses.
    private static func scan(_ replica: Replica) throws {
        let count = try replica.store.database.read { connection in
            var statement = try connection.prepare(
                "SELECT fields FROM entity WHERE kind = (SELECT id FROM term WHERE text = 'response')")
            var count = 0
            while try statement.step() { count += statement.bytes(at: 0).isEmpty ? 0 : 1 }
            return count
        }
        guard count == SurveyData.rowCount else { throw WrongResult("\(count) rows were read") }
    }
}
