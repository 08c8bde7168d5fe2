import Canvass
import CanvassCRDT
import CanvassInsight
import CanvassStore
import CanvassTrials
import Foundation

/// How figures grow with the number of responses. What is new may cost by how much is new; nothing may cost by how much is
/// there already, but for what reads it all.
struct GrowthBenchmark: Benchmark {
    let name = "growth"
    let summary = "figures at 1,000, 10,000 and 100,000 responses, and with --million at a million"
    let isPartOfAll = false

    private enum Subject: String, CaseIterable {
        case record = "record a response"
        case applyAll = "apply all, fresh replica"
        case applyMore = "apply 500 more"
        case nothingNew = "sync with nothing new"
        case oneChange = "sync of one change"
        case report = "report"

        var order: Growth.Order {
            switch self {
            case .record, .applyMore, .nothingNew, .oneChange: .constant
            case .applyAll, .report: .linearithmic
            }
        }
    }

    private static let pageCount = 500

    func run(in session: BenchmarkSession, into outcome: inout BenchmarkOutcome) async throws {
        guard let executable = session.executable("canvass-relay") else {
            return outcome.skip("growth", because: BenchmarkSession.relayIsAbsent)
        }
        var points: [Subject: [(size: Int, samples: Samples)]] = [:]
        let sizes = session.isQuick ? [200, 2_000] : [1_000, 10_000, 100_000] + (session.isMillion ? [1_000_000] : [])
        for size in sizes {
            try session.checkInterrupt()
            let folder = try session.scratch.makeFolder()
            let samples = try await RelayProcess.serving(executable, in: folder) { relay in
                try await measure(size, at: relay, in: folder, session)
            }
            for (subject, samples) in samples { points[subject, default: []].append((size, samples)) }
            try session.scratch.discard(folder)
        }
        for subject in Subject.allCases {
            outcome.add(
                Growth(
                    name: subject.rawValue, unit: .seconds, order: subject.order, points: points[subject] ?? []))
        }
    }

    private func measure(
        _ size: Int, at relay: RelayProcess, in folder: URL, _ session: BenchmarkSession
    ) async throws -> [Subject: Samples] {
        let office = try await FieldOffice(VisitSurvey.form, at: relay, in: folder)
        var responses = try VisitResponses(to: office.survey, in: office.collector)
        try responses.write(size - 1)
        let segments = try office.collector.store.everythingToPush()
        try await office.collector.sync()
        var samples: [Subject: Samples] = [:]
        (samples[.applyAll], samples[.applyMore]) = try apply(segments, and: &responses, of: office, folder, session)
        samples[.report] = try report(size, of: office, session)
        samples[.nothingNew] = try await syncNothing(office.collector, session)
        (samples[.record], samples[.oneChange]) = try await recordAndSync(office, session)
        return samples
    }

    /// All of the segments into a fresh replica, and after them the changes of a page.
    private func apply(
        _ segments: [[UInt8]], and responses: inout VisitResponses, of office: FieldOffice, _ folder: URL,
        _ session: BenchmarkSession
    ) throws -> (all: Samples, more: Samples) {
        var all = Samples()
        var more = Samples()
        let rounds = session.rounds(3, quick: 1)
        let pages = try (0..<rounds * 3).map { _ in
            try office.collector.store.commit(responses.next(Self.pageCount), clockMilliseconds: 0)
        }
        for round in 0..<rounds {
            try session.checkInterrupt()
            let store = try ReplicaStore.fresh(at: folder.appending(path: "fresh-\(round).canvass"))
            try all.time { _ = try store.take(segments) }
            for page in pages {
                let applied = try more.time { try store.apply(page) }
                guard applied == Self.pageCount else { throw WrongResult("\(applied) changes were applied") }
            }
        }
        return (all, more)
    }

    private func report(_ size: Int, of office: FieldOffice, _ session: BenchmarkSession) throws -> Samples {
        var samples = Samples()
        for _ in 0..<session.rounds(5, quick: 2) {
            try session.checkInterrupt()
            let report = try samples.time { try office.collector.report(on: office.survey, by: .all) }
            guard report.report.responses >= size else { throw WrongResult("\(report.report.responses) were counted") }
        }
        return samples
    }

    private func syncNothing(_ replica: Replica, _ session: BenchmarkSession) async throws -> Samples {
        // What the pages left to push, and what is told of it afterwards.
        for _ in 0..<2 { try await replica.sync() }
        var samples = Samples()
        for _ in 0..<session.rounds(20, quick: 5) {
            try session.checkInterrupt()
            let start = ContinuousClock.now
            let outcome = try await replica.sync()
            samples.add(start.secondsUntilNow)
            guard outcome.received + outcome.pushed == 0 else { throw WrongResult("a sync brought \(outcome)") }
        }
        return samples
    }

    private func recordAndSync(
        _ office: FieldOffice, _ session: BenchmarkSession
    ) async throws -> (record: Samples, sync: Samples) {
        var recorded = Samples()
        var synced = Samples()
        var survey = VisitSurvey(seed: 99)
        for _ in 0..<session.rounds(50, quick: 5) {
            try session.checkInterrupt()
            let answers = survey.answers()
            let recording = try recorded.time { try office.collector.record(answers, to: office.survey) }
            guard case .recorded = recording else { throw WrongResult("\(recording) for made-up answers") }
            let start = ContinuousClock.now
            let pushed = try await office.collector.sync().pushed
            synced.add(start.secondsUntilNow)
            guard pushed == 1 else { throw WrongResult("\(pushed) changes were pushed") }
        }
        return (recorded, synced)
    }
}
