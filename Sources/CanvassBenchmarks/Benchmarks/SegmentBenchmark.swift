import Foundation
import Canvass
import CanvassTrials
import CanvassCRDT
import CanvassCoding
import CanvassStore
import CanvassWire

/// What a response costs on the wire, in bytes and in the time to encode it; beside plain CBOR through deflate, and beside
/// what its columns hold at least.
struct SegmentBenchmark: Benchmark {
    let name = "segments"
    let summary = "bytes of a response on the wire, by responses in a segment, and the time to encode one"

    func run(in session: BenchmarkSession, into outcome: inout BenchmarkOutcome) async throws {
        let folder = try session.scratch.makeFolder()
        let visits = try FieldReplica(
            at: folder.appending(path: "visits.canvass").path, form: VisitSurvey.form, environment: .fieldwork())
        var survey = VisitSurvey()
        for _ in 0..<session.rounds(2_000, quick: 500) {
            try session.checkInterrupt()
            _ = try visits.replica.record(survey.answers(), to: visits.survey)
        }
        try measure("synthetic", visits, session, into: &outcome)
        guard let data = session.surveyData else {
            return outcome.skip("real responses", because: BenchmarkSession.surveyDataIsAbsent)
        }
        let real = try FieldReplica(at: folder.appending(path: "real.canvass").path, form: data.form())
        try real.importAll(data.responses())
        try measure("real", real, session, into: &outcome)
    }

    private func measure(
        _ what: String, _ field: FieldReplica, _ session: BenchmarkSession, into outcome: inout BenchmarkOutcome
    ) throws {
        for size in [1, 10] {
            try session.checkInterrupt()
            outcome.add(try figure("\(what), segments of \(size)", Self.segments(of: size, field)))
        }
        try session.checkInterrupt()
        let segments = try Self.segments(of: 500, field)
        outcome.add(try figure("\(what), segments of 500", segments))
        outcome.add(try entropyFigure("\(what), segments of 500, without frames", segments))
        outcome.add(
            try encodingFigure(
                "encode a response, \(what), segments of 500", segments, rounds: session.rounds(7, quick: 2)))
    }

    /// The whole segments of so many responses that a replica would push.
    private static func segments(of size: Int, _ field: FieldReplica) throws -> [Segment] {
        var limits = SyncLimits()
        limits.pushBytes = .max
        limits.segmentBytes = .max
        limits.segmentChanges = size
        let pushed = try field.replica.store.prepareSync(withholding: [], clockMilliseconds: 0, limits: limits)
        let segments = try pushed.request.push.map { try Segment(decoding: $0) }.filter {
            $0.scope.kind == .responses && $0.count == size
        }
        guard !segments.isEmpty else { throw WrongResult("no segment of \(size) was made") }
        return segments
    }

    /// The bytes a response, beside plain CBOR through deflate in the same frame.
    private func figure(_ name: String, _ segments: [Segment]) throws -> Figure {
        var columns = Samples()
        var plain = Samples()
        for segment in segments {
            let (count, byteCount) = (Double(segment.count), segment.encoded.count)
            columns.add(Double(byteCount) / count)
            let frameBytes = byteCount - segment.body.count
            let deflated = try Deflate.compress(Self.plainBytes(segment.changes())).count
            plain.add(Double(frameBytes + deflated) / count)
        }
        return Figure(
            name: name, unit: .bytes, samples: columns, anchor: .init(name: "plain CBOR, deflated", samples: plain))
    }

    /// The bytes a response that a body takes, beside what no code by columns could go below.
    private func entropyFigure(_ name: String, _ segments: [Segment]) throws -> Figure {
        var bodies = Samples()
        var entropies = Samples()
        for segment in segments {
            bodies.add(Double(segment.body.count) / Double(segment.count))
            entropies.add(try ColumnEntropy(segment.changes()).byteCount / Double(segment.count))
        }
        return Figure(
            name: name, unit: .bytes, samples: bodies, anchor: .init(name: "entropy of columns", samples: entropies))
    }

    /// The seconds that a response takes from its change to the bytes that are sent.
    private func encodingFigure(_ name: String, _ segments: [Segment], rounds: Int) throws -> Figure {
        let runs = try segments.map { (changes: try $0.changes(), context: $0.startingContext) }
        let count = Double(runs.reduce(0) { $0 + $1.changes.count })
        var encoded = Samples()
        var deflated = Samples()
        for _ in 0..<rounds {
            let start = ContinuousClock.now
            for run in runs { _ = try Segment(run.changes, startingContext: run.context).encoded }
            encoded.add(start.secondsUntilNow / count)
            let plainStart = ContinuousClock.now
            for run in runs { _ = try Deflate.compress(Self.plainBytes(run.changes)) }
            deflated.add(plainStart.secondsUntilNow / count)
        }
        return Figure(
            name: name, unit: .seconds, samples: encoded,
            anchor: .init(name: "plain CBOR, deflated", samples: deflated))
    }

    private static func plainBytes(_ changes: [Change]) throws -> [UInt8] {
        PlainCodec.encode(
            try changes.map { change in
                guard let body = change.body else { throw WrongResult("a body is missing") }
                return ChangeParts(head: change.head, body: .present(body))
            })
    }
}
