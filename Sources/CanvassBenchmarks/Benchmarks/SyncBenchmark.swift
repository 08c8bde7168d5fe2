import Canvass
import CanvassHTTPClient
import CanvassSurvey
import CanvassTrials
import Foundation

/// The real survey from a collector through a real relay to somebody who has nothing yet.
struct SyncBenchmark: Benchmark {
    let name = "sync"
    let summary = "2,831 real responses over loopback, pushed and pulled"

    /// What the rounds gathered.
    private struct Gathered {
        var push = Direction()
        var pull = Direction()
        /// Everything before the answers can be read: a new replica, enrolment and the pull.
        var start = Samples()
        var inserted = Samples()
        var relayMemory = Samples()
    }

    private struct Direction {
        var seconds = Samples()
        var rounds = Samples()
        var bytes = Samples()
    }

    func run(in session: BenchmarkSession, into outcome: inout BenchmarkOutcome) async throws {
        guard let data = session.surveyData else {
            return outcome.skip("the sync", because: BenchmarkSession.surveyDataIsAbsent)
        }
        guard let executable = session.executable("canvass-relay") else {
            return outcome.skip("the sync", because: BenchmarkSession.relayIsAbsent)
        }
        let form = try data.form()
        let file = try data.responses()
        var gathered = Gathered()
        for _ in 0..<session.rounds(5, quick: 1) {
            try session.checkInterrupt()
            let folder = try session.scratch.makeFolder()
            try await RelayProcess.serving(executable, in: folder) { relay in
                try await round(relay, form, file, folder, &gathered)
            }
            try session.scratch.discard(folder)
        }
        add(gathered, to: &outcome)
    }

    private func round(
        _ relay: RelayProcess, _ form: Form, _ file: [UInt8], _ folder: URL, _ gathered: inout Gathered
    ) async throws {
        let office = try await FieldOffice(form, at: relay, in: folder)
        let collector = office.collector
        try FieldReplica.importAll(file, to: office.survey, of: collector)
        let pushed = try await timedSync(collector, &gathered.push)
        guard pushed.pushed == SurveyData.rowCount, pushed.refused.isEmpty else {
            throw WrongResult("\(pushed.pushed) responses were pushed; refused: \(pushed.refused)")
        }

        let link = try await office.invite("reviewer")
        let start = ContinuousClock.now
        let reviewer = try Replica.create(at: folder.appending(path: "reviewer.canvass").path)
        try await reviewer.join(link)
        try await timedSync(reviewer, &gathered.pull)
        gathered.start.add(start.secondsUntilNow)
        try FieldOffice.requireSame(reviewer, as: collector)
        gathered.inserted.add(
            try RawDatabase.secondsToInsert(
                StoredRow.responses(in: reviewer.store), batchSize: FieldReplica.batchSize,
                at: folder.appending(path: "raw.sqlite")))
        if let bytes = relay.peakMemoryBytes { gathered.relayMemory.add(Double(bytes)) }
    }

    @discardableResult
    private func timedSync(_ replica: Replica, _ direction: inout Direction) async throws -> SyncOutcome {
        let (relay, token) = try replica.enrolledRelay()
        guard let http = HTTPTransport(address: relay) else { throw WrongResult("\(relay) is no address") }
        let transport = RecordingTransport(http)
        let start = ContinuousClock.now
        let outcome = try await replica.sync(over: transport, token: token, relay: relay)
        direction.seconds.add(start.secondsUntilNow)
        direction.rounds.add(Double(outcome.rounds))
        direction.bytes.add(Double(transport.byteCount))
        return outcome
    }

    private func add(_ gathered: Gathered, to outcome: inout BenchmarkOutcome) {
        let anchor = Figure.Anchor(name: "raw SQLite, same bytes", samples: gathered.inserted)
        outcome.add(Figure(name: "push", unit: .seconds, samples: gathered.push.seconds, anchor: anchor))
        outcome.add(Figure(name: "push, round trips", unit: .count, samples: gathered.push.rounds))
        outcome.add(Figure(name: "push, message bytes", unit: .bytes, samples: gathered.push.bytes))
        outcome.add(
            Figure(
                name: "join and pull, fresh replica", unit: .seconds, samples: gathered.start, anchor: anchor))
        outcome.add(Figure(name: "pull", unit: .seconds, samples: gathered.pull.seconds, anchor: anchor))
        outcome.add(Figure(name: "pull, round trips", unit: .count, samples: gathered.pull.rounds))
        outcome.add(Figure(name: "pull, message bytes", unit: .bytes, samples: gathered.pull.bytes))
        if gathered.relayMemory.count > 0 {
            outcome.add(Figure(name: "relay, peak memory", unit: .bytes, samples: gathered.relayMemory))
        }
    }
}
