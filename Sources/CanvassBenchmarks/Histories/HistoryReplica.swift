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
        return copy
    }

    mutating func note(_ changes: [Change]) {
        for change in changes where held.insert(change.dot).inserted { log.append(change) }
    }

    /// Applies changes that came from elsewhere.
    mutating func apply(_ changes: [Change]) throws {
        try store.apply(changes)
        note(changes)
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
