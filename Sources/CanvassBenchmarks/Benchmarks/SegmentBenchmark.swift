import Foundation
import Canvass
import CanvassTrials
import CanvassCRDT
import CanvassCoding
import CanvassStore
import CanvassWire

/// What a response costs on the wire, and what plain CBOR through deflate would cost in the same frame.
struct SegmentBenchmark: Benchmark {
    let name = "segments"
    let summary = "bytes of a response on the wire, by responses in a segment"

    private struct Size {
        let responses: Int
        let syntheticLimit: Figure.Limit?
        let realLimit: Figure.Limit?
    }

    private static let sizes = [
        Size(responses: 1, syntheticLimit: .value(150), realLimit: nil),
        Size(responses: 10, syntheticLimit: nil, realLimit: nil),
        Size(responses: 500, syntheticLimit: .value(65), realLimit: .value(75)),
    ]

    func run(in session: BenchmarkSession, into outcome: inout BenchmarkOutcome) async throws {
        let folder = try session.scratch.makeFolder()
        let visits = try FieldReplica(
            at: folder.appending(path: "visits.canvass").path, form: VisitSurvey.form, environment: .fieldwork())
        var survey = VisitSurvey()
        for _ in 0..<session.rounds(2_000, quick: 500) {
            try session.checkInterrupt()
            _ = try visits.replica.record(survey.answers(), to: visits.survey)
        }
        for size in Self.sizes {
            outcome.add(
                try figure("synthetic, segments of \(size.responses)", visits, size, limit: size.syntheticLimit))
        }
        guard let data = session.surveyData else {
            return outcome.skip("real responses", because: BenchmarkSession.surveyDataIsAbsent)
        }
        let real = try FieldReplica(at: folder.appending(path: "real.canvass").path, form: data.form())
        try real.importAll(data.responses())
        for size in Self.sizes {
            try session.checkInterrupt()
            outcome.add(try figure("real, segments of \(size.responses)", real, size, limit: size.realLimit))
        }
    }

    /// The bytes a response in each whole segment that the replica would push.
    private func figure(
        _ name: String, _ field: FieldReplica, _ size: Size, limit: Figure.Limit?
    ) throws -> Figure {
        var limits = SyncLimits()
        limits.pushBytes = .max
        limits.segmentBytes = .max
        limits.segmentChanges = size.responses
        let pushed = try field.replica.store.prepareSync(withholding: [], clockMilliseconds: 0, limits: limits)
        var columns = Samples()
        var plain = Samples()
        for bytes in pushed.request.push {
            let segment = try Segment(decoding: bytes)
            guard segment.scope.kind == .responses, segment.count == size.responses else { continue }
            columns.add(Double(bytes.count) / Double(segment.count))
            let frameBytes = bytes.count - segment.body.count
            plain.add(Double(frameBytes + (try Self.deflatedPlainByteCount(segment))) / Double(segment.count))
        }
        guard columns.count > 0 else { throw WrongResult("no segment of \(size.responses) was made") }
        return Figure(
            name: name, unit: .bytes, samples: columns, anchor: .init(name: "plain CBOR, deflated", samples: plain),
            limit: limit)
    }

    private static func deflatedPlainByteCount(_ segment: Segment) throws -> Int {
        let parts = try segment.changes().map { change in
            guard let body = change.body else { throw WrongResult("a body is missing") }
            return ChangeParts(head: change.head, body: .present(body))
        }
        return try Deflate.compress(PlainCodec.encode(parts)).count
    }
}
