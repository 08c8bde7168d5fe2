extension Position {
    /// Positions for `count` items that one replica inserts between two neighbours, in order.
    ///
    /// Tried in this order, for the first that lies between the neighbours:
    /// 1. the run of the left neighbour goes on, if it is the replica's own;
    /// 2. the run of the right neighbour goes on before its start, likewise;
    /// 3. numbers below the left neighbour, likewise;
    /// 4. a new run, hung as near to the start of the list as it can be: behind the run that the left neighbour is in,
    ///    else on that neighbour, before the run that the right neighbour is in where that hangs there, too.
    ///
    /// - Parameters:
    ///   - left: nil at the start of the list.
    ///   - right: nil at its end.
    ///   - label: of the new run, if there is one.
    /// - Returns: nil where there is no room, or only by positions over `maximumBytes`.
    package static func run(
        _ count: Int, after left: Position?, before right: Position?, by label: RunLabel
    ) -> [Position]? {
        guard count > 0 else { return [] }
        let (leftPath, rightPath) = (PositionPath(left), PositionPath(right))
        func fitting(_ prefix: some Collection<UInt8>, from first: Int64) -> [Position]? {
            var positions: [Position] = []
            positions.reserveCapacity(count)
            for offset in 0..<count {
                let (number, isOver) = first.addingReportingOverflow(Int64(offset))
                guard !isOver, let encoded = PositionNumber.encode(number) else { return nil }
                positions.append(Position(bytes: prefix + encoded))
            }
            guard let first = positions.first, let last = positions.last, left.map({ $0 < first }) ?? true,
                right.map({ last < $0 }) ?? true, positions.allSatisfy({ $0.bytes.count <= maximumBytes })
            else { return nil }
            return positions
        }
        let own = leftPath.steps.last.flatMap { label.isOfSameReplica(as: $0.label) ? $0 : nil }
        if let own, let positions = fitting(leftPath.bytes[..<own.numberStart], from: own.number + 1) {
            return positions
        }
        if let head = rightPath.steps.last, label.isOfSameReplica(as: head.label),
            let positions = fitting(rightPath.bytes[..<head.numberStart], from: head.number - Int64(count))
        {
            return positions
        }
        if own != nil, let positions = fitting(leftPath.bytes + [PositionPath.numberMark], from: 0) {
            return positions
        }
        for depth in 0...leftPath.steps.count {
            let rank =
                depth < leftPath.steps.count
                ? leftPath.steps[depth].rank + 1
                : rightPath.steps.indices.contains(depth) ? rightPath.steps[depth].rank - 1 : 0
            guard let encoded = PositionNumber.encode(rank) else { continue }
            let prefix = Array(leftPath.anchor(above: depth)) + [PositionPath.runMark] + encoded + label.bytes
            if let positions = fitting(prefix, from: 0) { return positions }
        }
        return nil
    }

    /// Positions by which items stand in the wanted order, few of them new.
    ///
    /// - Parameters:
    ///   - current: the position of each item in the wanted order; nil for one that is new here.
    ///   - label: called for each block of items that need a position.
    /// - Returns: one for each item, strictly rising; the old one wherever it can stay.
    package static func arranged(
        _ current: [Position?], by label: () -> RunLabel
    ) -> [Position] {
        var isKept = longestRise(of: current)
        var result = current
        var index = 0
        while index < current.count {
            guard !isKept[index] else {
                index += 1
                continue
            }
            let end = isKept[index...].firstIndex(of: true) ?? current.count
            let left = index == 0 ? nil : result[index - 1]
            let right = end == current.count ? nil : result[end]
            if let block = run(end - index, after: left, before: right, by: label()) {
                for (offset, position) in block.enumerated() { result[index + offset] = position }
                index = end
            } else if let right, right.bytes.count >= left?.bytes.count ?? 0 {
                isKept[end] = false
            } else {
                // The longer of the neighbours leaves the least room. Without any there is always enough.
                index -= 1
                isKept[index] = false
            }
        }
        return result.compactMap { $0 }
    }

    /// Marks a longest choice of items whose positions rise strictly: those that can stay.
    private static func longestRise(of positions: [Position?]) -> [Bool] {
        /// For each length the item that ends a rise of it with the smallest position.
        var ends: [Int] = []
        var before = [Int?](repeating: nil, count: positions.count)
        for (index, position) in positions.enumerated() {
            guard let position else { continue }
            var (low, high) = (0, ends.count)
            while low < high {
                let middle = (low + high) / 2
                if let other = positions[ends[middle]], other < position { low = middle + 1 } else { high = middle }
            }
            before[index] = low == 0 ? nil : ends[low - 1]
            if low == ends.count { ends.append(index) } else { ends[low] = index }
        }
        var isKept = [Bool](repeating: false, count: positions.count)
        var next = ends.last
        while let index = next {
            isKept[index] = true
            next = before[index]
        }
        return isKept
    }
}
