import CanvassCRDT
import CanvassCoding

/// Every change that anybody ever made in one scope, with what came before each: kept outside the system.
struct ScopeModel {
    struct Entry {
        let model: ModelChange
        /// The whole context: for each replica the tips, as the chain has them up to this change.
        let context: [ReplicaID: [Dot]]
        /// The change and all before it on its branch.
        let branch: NumberSet
        /// What lies in the context: section 6.
        let past: NumberSet
    }

    /// In the order in which they became known, which is causal.
    private(set) var entries: [Entry] = []
    private var numbers: [Dot: Int] = [:]

    func number(of dot: Dot) -> Int? { numbers[dot] }

    func entry(of dot: Dot) -> Entry? { numbers[dot].map { entries[$0] } }

    /// Adds a change whose causes are there.
    ///
    /// - Throws: `SimulationFailure` where one is not: the engine made or let through what it never may.
    mutating func add(_ change: Change) throws {
        guard numbers[change.dot] == nil else { return }
        let model: ModelChange
        do {
            model = try ModelChange(change)
        } catch {
            throw SimulationFailure(.order, "change \(change.dot) cannot be read: \(error)")
        }
        var branch = NumberSet()
        var context: [ReplicaID: [Dot]] = [:]
        if let previous = model.previous {
            let number = try self.number(of: previous, before: change)
            branch = entries[number].branch
            context = entries[number].context
        }
        for (replica, tips) in model.listed { context[replica] = tips }
        var past = branch
        for tip in context.values.joined() {
            past.formUnion(entries[try self.number(of: tip, before: change)].branch)
        }
        branch.insert(entries.count)
        numbers[change.dot] = entries.count
        entries.append(Entry(model: model, context: context, branch: branch, past: past))
    }

    private func number(of dot: Dot, before change: Change) throws -> Int {
        guard let number = numbers[dot] else {
            throw SimulationFailure(
                .order, "change \(change.dot) of \(change.scope) was made on \(dot), which nobody made")
        }
        return number
    }
}

/// A set of small numbers, as bits.
struct NumberSet: Hashable {
    private var words: [UInt64] = []

    mutating func insert(_ number: Int) {
        while words.count <= number / 64 { words.append(0) }
        words[number / 64] |= 1 << UInt64(number % 64)
    }

    mutating func formUnion(_ other: NumberSet) {
        while words.count < other.words.count { words.append(0) }
        for index in other.words.indices { words[index] |= other.words[index] }
    }

    func contains(_ number: Int) -> Bool {
        number / 64 < words.count && words[number / 64] >> UInt64(number % 64) & 1 == 1
    }
}
