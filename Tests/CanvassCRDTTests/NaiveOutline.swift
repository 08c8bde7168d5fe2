@testable import CanvassCRDT
import CanvassCoding

/// What an outline says, and the same worked out from the cells alone: each entity asks for itself whether it comes back
/// to itself by its parents.
struct NaiveOutline: Equatable {
    var lists: [Value: [EntityID]] = [:]
    var cut: [EntityID] = []

    init() {}

    init(_ outline: Outline) {
        lists = outline.lists
        cut = outline.cut
    }

    init(modelling cells: [CellName: Set<Version>]) {
        var places: [EntityID: (place: Place, clock: Version)] = [:]
        for (name, versions) in cells where name.field == Place.field && name.element == nil {
            let alive = CellName(
                kind: name.kind, entity: name.entity, field: EntityState.existenceField, element: nil)
            guard cells[alive] != nil, let winner = versions.sorted(by: Version.ranksHigher).first else { continue }
            places[name.entity] = (Place(winner.value), winner)
        }
        func parent(of id: EntityID) -> EntityID? {
            places.keys.first { .text($0.description) == places[id]?.place.parent }
        }
        func circle(from start: EntityID) -> [EntityID] {
            var path = [start]
            while let next = parent(of: path[path.count - 1]) {
                if next == start { return path }
                if path.contains(next) { return [] }
                path.append(next)
            }
            return []
        }
        for id in places.keys {
            let ranked = circle(from: id).compactMap { id in places[id].map { (id, $0.clock) } }
                .sorted { left, right in
                    (left.1.stamp.milliseconds, left.1.dot, left.0) > (right.1.stamp.milliseconds, right.1.dot, right.0)
                }
            if ranked.first?.0 == id { cut.append(id) }
        }
        cut.sort()
        for (id, placed) in places { lists[cut.contains(id) ? .null : placed.place.parent, default: []].append(id) }
        for key in lists.keys {
            lists[key]?.sort { left, right in
                guard let first = places[left]?.place.position, let second = places[right]?.place.position else {
                    return false
                }
                return (first, left) < (second, right)
            }
        }
    }
}
