import Canvass
import CanvassCRDT
import CanvassSQLite
import CanvassSimulator
import CanvassStore
import CanvassSync
import CanvassWire

/// Pages of other people's changes arrive.
struct ApplyWorkload: ReplicaWorkload {
    let name = "apply"

    func prepare(_ disk: CrashDisk, seed: UInt64) throws {
        _ = try Replica.create(at: file, environment: environment(disk.startProcess(), seed: seed ^ 0xA991))
    }

    func run(on disk: CrashProcess, seed: UInt64, ledger: Ledger<Replica>, begin: () -> Void) async throws {
        let pages = try pagesOfAnother(seed: seed)
        let replica = try Replica.open(at: file, environment: environment(disk, seed: seed))
        begin()
        for (index, segments) in pages.enumerated() {
            var dots: [ScopeID: Set<Dot>] = [:]
            for bytes in segments {
                for change in try Segment(decoding: bytes).changes() {
                    dots[change.scope, default: []].insert(change.dot)
                }
            }
            let number = UInt8(index + 1)
            let held = dots
            // Also before it is acknowledged: where the bookmark stands, the page before it is.
            ledger.acknowledge("page \(number), where the bookmark is there") { replica in
                let bookmark = try replica.store.database.read { try $0.metaBytes(.bookmark) } ?? []
                guard let reached = bookmark.first, reached >= number else { return true }
                return try replica.heldDots().holds(held)
            }
            let (request, _) = try replica.store.prepareSync(withholding: [], clockMilliseconds: 0)
            let answer = SyncAnswer(segments: segments, bookmark: [number], more: index + 1 < pages.count, time: 0)
            _ = try replica.store.commitPage(answer, for: request, clockMilliseconds: 0)
            ledger.acknowledge("page \(number)") { try $0.heldDots().holds(held) }
        }
    }

    /// Everything that another replica wrote, three segments a page.
    private func pagesOfAnother(seed: UInt64) throws -> [[[UInt8]]] {
        let field = try prepareField(CrashDisk(seed: seed), seed: seed)
        var visits = VisitSurvey(seed: seed)
        for _ in 1...10 { _ = try field.replica.take(visits.answers(), to: field.survey) }
        var limits = SyncLimits()
        limits.segmentChanges = 2
        let segments = try field.replica.store.prepareSync(withholding: [], clockMilliseconds: 0, limits: limits)
            .request.push
        return stride(from: 0, to: segments.count, by: 3).map { Array(segments[$0..<min($0 + 3, segments.count)]) }
    }
}
