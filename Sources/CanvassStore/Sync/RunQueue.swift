import CanvassCRDT
import CanvassSQLite

/// Puts the segments of several branches of one scope into one order: that in which they were applied here, the relay's
/// own changes that depend on nothing, which its marks are, before everything else.
struct RunQueue {
    private var readers: [BranchReader] = []
    private var heads: [SegmentRun?] = []
    private var isAside: [Bool] = []
    private let organisation: [UInt8]?

    /// - Parameter organisation: the author of the relay's own changes.
    init(organisation: [UInt8]?) {
        self.organisation = organisation
    }

    mutating func add(_ reader: BranchReader, in connection: inout Connection) throws {
        var reader = reader
        heads.append(try reader.nextRun(in: &connection))
        readers.append(reader)
        isAside.append(false)
    }

    /// The next segment of all that are not set aside.
    var first: SegmentRun? { firstIndex.flatMap { heads[$0] } }

    private var firstIndex: Int? {
        heads.indices.filter { heads[$0] != nil && !isAside[$0] }.min { rank(heads[$0]) < rank(heads[$1]) }
    }

    /// Moves on behind the first one. Whatever was set aside may come now.
    mutating func pass(in connection: inout Connection) throws {
        guard let index = firstIndex else { return }
        heads[index] = try readers[index].nextRun(in: &connection)
        isAside = isAside.map { _ in false }
    }

    /// Leaves the first one, and all that follows on its branch, until another has been passed.
    mutating func setAside() {
        if let index = firstIndex { isAside[index] = true }
    }

    private func rank(_ run: SegmentRun?) -> Int64 {
        guard let run else { return .max }
        return run.authorBytes == organisation && !run.hasContexts ? .min : run.position
    }
}
