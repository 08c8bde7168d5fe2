import CanvassCRDT
import CanvassSQLite
import CanvassSimulator
import CanvassStore

/// A replica file of a history, with what it holds in the order in which it was applied.
struct HistoryReplica {
    let store: ReplicaStore
    /// Its clock, however wrong, at the next change.
    var clockMilliseconds: Int64
    private(set) var log: [Change] = []
    private(set) var held: Set<Dot> = []
    /// The changes that some change of `log` marks.
    private(set) var marked: Set<Dot> = []

    init(store: ReplicaStore, clockMilliseconds: Int64) {
        self.store = store
        self.clockMilliseconds = clockMilliseconds
    }

    /// The same file copied: another program that goes on writing with the same identity.
    func copied(to path: String) throws -> HistoryReplica {
        try store.database.backup(to: path)
        var copy = HistoryReplica(store: try ReplicaStore.open(path: path), clockMilliseconds: clockMilliseconds)
        copy.log = log
        copy.held = held
        copy.marked = marked
        return copy
    }

    mutating func note(_ changes: [Change]) {
        for change in changes where held.insert(change.dot).inserted {
            log.append(change)
            marked.formUnion(change.marks)
        }
    }

    /// Applies changes that came from elsewhere; half of the bodies that this replica has a mark to do without are left
    /// out on the way.
    mutating func apply(_ changes: [Change], droppingBodies random: inout SplitMix64) throws {
        for change in changes {
            let mayDrop = marked.contains(change.dot) && change.marks.isEmpty
            try apply(mayDrop && random.once(in: 2) ? change.withoutBody : change, as: change)
        }
    }

    /// Applies changes as they are.
    mutating func apply(_ changes: [Change]) throws {
        for change in changes { try apply(change, as: change) }
    }

    private mutating func apply(_ change: Change, as whole: Change) throws {
        try store.apply([change])
        note([whole])
    }

    /// What this replica lacks of another's, in an order in which it can be applied.
    func missing(of other: HistoryReplica) -> [Change] {
        other.log.filter { !held.contains($0.dot) }
    }

    mutating func nextClock(using random: inout SplitMix64) -> Int64 {
        defer {
            let (sum, isOver) = clockMilliseconds.addingReportingOverflow(Int64(random.below(3)))
            clockMilliseconds = isOver ? .max : sum
        }
        return clockMilliseconds
    }
}

extension Change {
    /// The changes that this one marks.
    var marks: [Dot] {
        guard let body, let head = try? ChangeHead(decoding: head), let decoded = try? ChangeBody(decoding: body) else {
            return []
        }
        return decoded.marks(by: head.author).map(\.dot)
    }
}
