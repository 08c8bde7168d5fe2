import Foundation
import Canvass
import CanvassTrials

/// What a collector waits for after the last answer: one response, checked and durable.
struct RecordBenchmark: Benchmark {
    let name = "record"
    let summary = "one response of 12 answers, checked and durable"

    private static let samplesPerRound = 50

    func run(in session: BenchmarkSession, into outcome: inout BenchmarkOutcome) async throws {
        let folder = try session.scratch.makeFolder()
        let field = try FieldReplica(at: folder.appending(path: "record.canvass").path, form: VisitSurvey.form)
        var raw = try RawDatabase(at: folder.appending(path: "raw.sqlite"))
        var survey = VisitSurvey()
        var recorded = Samples()
        var committed = Samples()
        // The first round fills caches and is not counted.
        for round in 0...session.rounds(20, quick: 4) {
            try session.checkInterrupt()
            var subject = Samples()
            var anchor = Samples()
            for index in 0..<Self.samplesPerRound {
                let answers = survey.answers()
                let recording = try subject.time { try field.replica.record(answers, to: field.survey) }
                guard case .recorded = recording else { throw WrongResult("\(recording) for made-up answers") }
                let row = StoredRow.short(round * Self.samplesPerRound + index)
                try anchor.time { try raw.commit([row]) }
            }
            guard round > 0 else { continue }
            subject.values.forEach { recorded.add($0) }
            anchor.values.forEach { committed.add($0) }
        }
        outcome.add(
            Figure(
                name: "record a response", unit: .seconds, samples: recorded,
                anchor: .init(name: "a raw FULL commit", samples: committed), limit: .ratio(3)))
    }
}
