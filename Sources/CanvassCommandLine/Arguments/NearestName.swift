/// "Did you mean …?": the known name that differs least from what was typed.
enum NearestName {
    /// The nearest of `candidates`, the first among equals; nil when all are too far to be a slip of the finger: more than
    /// one edit in three letters.
    static func find(_ typed: String, in candidates: [String]) -> String? {
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let limit = max(1, min(typed.count, candidate.count) / 3)
            // The typed text is as long as its author likes; the length alone rules most of it out.
            guard abs(typed.count - candidate.count) <= limit else { continue }
            let distance = distance(typed, candidate)
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }

    /// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours, each counted one.
    static func distance(_ left: String, _ right: String) -> Int {
        let a = Array(left)
        let b = Array(right)
        var beforePrevious: [Int] = []
        var previous = Array(0...b.count)
        for i in a.indices {
            var current = [i + 1]
            for j in b.indices {
                let substitution = previous[j] + (a[i] == b[j] ? 0 : 1)
                var least = min(substitution, previous[j + 1] + 1, current[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    least = min(least, beforePrevious[j - 1] + 1)
                }
                current.append(least)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[b.count]
    }
}
