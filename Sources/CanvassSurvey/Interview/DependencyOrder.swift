/// The order in which items that depend on each other must be worked out.
enum DependencyOrder {
    case order([Int])
    /// The items of one cycle, each depending on the next and the last on the first.
    case cycle([Int])

    /// Sorts topologically (Kahn's algorithm); items free to stand anywhere keep their order.
    ///
    /// - Parameter dependencies: for each item those that must come before it, each once.
    init(_ dependencies: [[Int]]) {
        var waiting = dependencies.map(\.count)
        var dependents: [[Int]] = Array(repeating: [], count: dependencies.count)
        for (item, needed) in dependencies.enumerated() {
            for other in needed { dependents[other].append(item) }
        }
        var order = waiting.indices.filter { waiting[$0] == 0 }
        var next = 0
        while next < order.count {
            for item in dependents[order[next]] {
                waiting[item] -= 1
                if waiting[item] == 0 { order.append(item) }
            }
            next += 1
        }
        self =
            order.count == dependencies.count ? .order(order) : .cycle(Self.cycle(in: dependencies, waiting: waiting))
    }

    /// Follows unmet dependencies until an item comes up again: every item left over has one that is left over too.
    private static func cycle(in dependencies: [[Int]], waiting: [Int]) -> [Int] {
        var path: [Int] = []
        var place: [Int: Int] = [:]
        var current = waiting.firstIndex { $0 > 0 }
        while let item = current {
            if let start = place[item] { return Array(path[start...]) }
            place[item] = path.count
            path.append(item)
            current = dependencies[item].first { waiting[$0] > 0 }
        }
        return path
    }
}
