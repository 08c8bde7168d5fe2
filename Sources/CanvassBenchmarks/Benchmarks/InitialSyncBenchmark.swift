import Canvass
import CanvassTrials
import Foundation

/// Somebody new takes part, and gets all there is: a process of its own, as a person starts it, from a relay of its own.
struct InitialSyncBenchmark: Benchmark {
    let name = "initial-sync"
    let summary = "`canvass join` of a replica that has nothing, with 100,000 responses at the relay"

    private struct Gathered {
        var seconds = Samples()
        var inserted = Samples()
        var clientMemory = Samples()
        var relayMemory = Samples()
    }

    func run(in session: BenchmarkSession, into outcome: inout BenchmarkOutcome) async throws {
        guard let executable = session.executable("canvass-relay") else {
            return outcome.skip("the first sync", because: BenchmarkSession.relayIsAbsent)
        }
        guard let canvass = session.executable("canvass") else {
            return outcome.skip("the first sync", because: BenchmarkSession.clientIsAbsent)
        }
        let count = session.rounds(100_000, quick: 2_000)
        let folder = try session.scratch.makeFolder()
        let gathered = try await RelayProcess.serving(executable, in: folder) { relay in
            let office = try await FieldOffice(VisitSurvey.form, at: relay, in: folder)
            var responses = try VisitResponses(to: office.survey, in: office.collector)
            try responses.write(count - 1)
            let start = ContinuousClock.now
            try await office.collector.sync()
            let pushed = start.secondsUntilNow
            outcome.add(
                Figure(
                    name: "push \(FigureUnit.grouped(count)) responses", unit: .seconds, samples: Samples([pushed])))
            return try await pull(session.rounds(3, quick: 1), by: canvass, from: office, folder, session)
        }
        add(gathered, of: count, to: &outcome)
    }

    private func pull(
        _ rounds: Int, by canvass: URL, from office: FieldOffice, _ folder: URL, _ session: BenchmarkSession
    ) async throws -> Gathered {
        var gathered = Gathered()
        for _ in 0..<rounds {
            try session.checkInterrupt()
            let round = try session.scratch.makeFolder()
            let path = round.appending(path: "new.canvass").path
            let join = try await ChildProcess.measure(
                canvass, ["join", try await office.invite("reviewer"), "--replica", path], in: folder)
            gathered.seconds.add(join.seconds)
            if let bytes = join.peakMemoryBytes { gathered.clientMemory.add(Double(bytes)) }
            if let bytes = office.relay.peakMemoryBytes { gathered.relayMemory.add(Double(bytes)) }
            let replica = try Replica.open(at: path)
            try FieldOffice.requireSame(replica, as: office.collector)
            gathered.inserted.add(
                try RawDatabase.secondsToInsert(
                    StoredRow.responses(in: replica.store), batchSize: FieldReplica.batchSize,
                    at: round.appending(path: "raw.sqlite")))
            try session.scratch.discard(round)
        }
        return gathered
    }

    private func add(_ gathered: Gathered, of count: Int, to outcome: inout BenchmarkOutcome) {
        let what = "\(FigureUnit.grouped(count)) responses"
        outcome.add(
            Figure(
                name: "join and pull \(what)", unit: .seconds, samples: gathered.seconds,
                anchor: .init(name: "raw SQLite, same bytes", samples: gathered.inserted)))
        guard gathered.clientMemory.count > 0, gathered.relayMemory.count > 0 else {
            return outcome.skip("the memory", because: "this system does not tell that of a process")
        }
        outcome.add(
            Figure(name: "client, peak memory, \(what)", unit: .bytes, samples: gathered.clientMemory))
        outcome.add(Figure(name: "relay, peak memory, \(what)", unit: .bytes, samples: gathered.relayMemory))
    }
}
