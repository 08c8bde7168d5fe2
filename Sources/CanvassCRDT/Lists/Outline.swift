package import CanvassCoding

/// The lists that the living entities of one kind in one scope make by their places, nested in one another (rule 4).
///
/// Merge law: a function of the shown places and their clocks alone, so replicas that hold the same changes show the
/// same lists. Siblings stand in the order of (position, id). Where concurrent moves have put entities into each other,
/// the circle is cut at the place with the greatest (stamp, dot, id): that entity stands at the top, by the position
/// that it has, and is named in `cut` until somebody moves it.
package struct Outline: Sendable, Hashable {
    /// The siblings of each parent in order: null for the top, the text of an id for an entity that is there, any other
    /// text for a list of that name. Every entity stands in exactly one of the lists.
    package private(set) var lists: [Value: [EntityID]] = [:]
    /// The entities at which a circle was cut, by id.
    package private(set) var cut: [EntityID] = []

    /// - Parameters:
    ///   - places: of all living entities of the kind.
    ///   - clock: the shown version of an entity's place, asked for entities that stand in a circle; nil where it has
    ///     none.
    package init<Failure: Error>(
        _ places: [EntityID: Place], clock: (EntityID) throws(Failure) -> Version?
    ) throws(Failure) {
        let named = Dictionary(uniqueKeysWithValues: places.keys.map { (Value.text($0.description), $0) })
        var parents: [EntityID: EntityID] = [:]
        for (id, place) in places { parents[id] = named[place.parent] }
        for circle in Outline.circles(of: parents) {
            var greatest: (id: EntityID, clock: Version?)?
            for id in circle {
                let version = try clock(id)
                if let held = greatest, !Outline.ranksHigher((id, version), held) { continue }
                greatest = (id, version)
            }
            if let greatest { cut.append(greatest.id) }
        }
        cut.sort()
        for (id, place) in places { lists[cut.contains(id) ? .null : place.parent, default: []].append(id) }
        for parent in lists.keys {
            lists[parent]?.sort { left, right in
                let (first, second) = (places[left]?.position, places[right]?.position)
                if let first, let second, first != second { return first < second }
                return left < right
            }
        }
    }

    private static func ranksHigher(
        _ left: (id: EntityID, clock: Version?), _ right: (id: EntityID, clock: Version?)
    ) -> Bool {
        guard let first = left.clock, let second = right.clock,
            first.stamp != second.stamp || first.dot != second.dot
        else {
            return left.clock == nil || right.clock == nil
                ? right.clock == nil && left.clock != nil : left.id > right.id
        }
        return Version.ranksHigher(first, second)
    }

    /// The circles among entities of which each has at most one parent.
    private static func circles(of parents: [EntityID: EntityID]) -> [[EntityID]] {
        var circles: [[EntityID]] = []
        /// The walk that came to an entity first.
        var walks: [EntityID: Int] = [:]
        for (walk, start) in parents.keys.enumerated() {
            var path: [EntityID] = []
            var next: EntityID? = start
            while let id = next, walks[id] == nil {
                walks[id] = walk
                path.append(id)
                next = parents[id]
            }
            if let id = next, walks[id] == walk, let first = path.firstIndex(of: id) {
                circles.append(Array(path[first...]))
            }
        }
        return circles
    }
}

extension Outline {
    /// The outline of entities whose whole state is at hand; the dead are left out, and so is what has no place.
    package init(_ states: some Sequence<EntityState>) {
        var places: [EntityID: Place] = [:]
        var clocks: [EntityID: Version] = [:]
        for state in states where state.isAlive {
            guard let winner = state.cell(Place.field)?.winner else { continue }
            places[state.entity] = Place(winner.value)
            clocks[state.entity] = winner
        }
        self.init(places) { clocks[$0] }
    }
}
