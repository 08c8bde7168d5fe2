import CanvassCRDT
import CanvassCoding
import CanvassWire

/// The segments gathered for one request.
struct Outbox {
    let limits: SyncLimits
    private(set) var runs: [SegmentRun] = []
    private(set) var isFull = false
    private var byteCount = 0

    init(limits: SyncLimits) {
        self.limits = limits
    }

    /// Takes one more, unless the request is full. The first always fits.
    mutating func add(_ run: SegmentRun) -> Bool {
        guard byteCount == 0 || byteCount + run.byteCount <= limits.pushBytes else {
            isFull = true
            return false
        }
        byteCount += run.byteCount
        runs.append(run)
        return true
    }

    func segments(deviceKey: [UInt8]?) throws(SegmentError) -> [[UInt8]] {
        var segments: [[UInt8]] = []
        for run in runs { segments.append(try run.segment(deviceKey: deviceKey).encoded) }
        return segments
    }

    /// The devices that made what this one did not.
    var carriedAuthors: Set<[UInt8]> { Set(runs.lazy.filter { !$0.branch.isOwn }.map(\.authorBytes)) }
}
