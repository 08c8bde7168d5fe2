import CanvassCRDT
import CanvassCoding
import CanvassStore
import CanvassSurvey

extension SurveyDraft {
    /// What to write so that the draft becomes `form`.
    ///
    /// - Parameter label: of a run of items that are new at their place.
    func edits(
        toBecome form: Form, survey id: EntityID, newID: () -> EntityID, label: () -> RunLabel
    ) -> [EntityEdit] {
        let reference = Value.Member("survey", .text(id.description))
        var edits = [
            SurveyDraft.edit(
                .survey, id, from: survey,
                to: [
                    .init("name", .text(form.id)),
                    .init("title", .text(form.title)), .init("version", .text(form.version)),
                    .init("languages", .list(form.languages.map(Value.text))),
                    .init("defaultLanguage", form.defaultLanguage.map(Value.text) ?? .null),
                ])
        ]
        var formerItems = FormerEntities(items.map(\.entity)) { $0["name"] ?? .null }
        let known = form.items.map { item -> (id: EntityID, former: Entity?) in
            let former = formerItems.take(.text(item.name))
            return (former?.id ?? newID(), former)
        }
        let itemPlaces = places(of: form.items, ids: known.map(\.id), label)
        for (index, item) in form.items.enumerated() {
            // The group is part of the place.
            let members = item.value.members.filter { $0.key != "parent" }
            edits.append(
                SurveyDraft.edit(
                    .item, known[index].id, from: known[index].former,
                    to: members + [reference, .init(Place.field, itemPlaces[index])]))
        }
        var formerChoices = FormerEntities(choices) { .list([$0["list"] ?? .null, $0["name"] ?? .null]) }
        let wanted = form.choiceLists.flatMap { list in
            list.choices.map { choice in
                (
                    list: Value.text(list.name), choice,
                    former: formerChoices.take([.text(list.name), .text(choice.name)])
                )
            }
        }
        // All lists are one row of positions, so that the lists keep their order, too.
        let positions = Position.arranged(wanted.map { $0.former.map { Place($0[Place.field]).position } }, by: label)
        for (index, (list, choice, former)) in wanted.enumerated() {
            let place = Place(parent: list, position: positions[index]).value
            edits.append(
                SurveyDraft.edit(
                    .choice, former?.id ?? newID(), from: former,
                    to: choice.value.members + [reference, .init("list", list), .init(Place.field, place)]))
        }
        edits += formerItems.rest.map { SurveyDraft.deletion(of: $0, .item) }
        edits += formerChoices.rest.map { SurveyDraft.deletion(of: $0, .choice) }
        return edits.filter { !$0.operations.isEmpty }
    }

    /// The `place` of each item of a form: what is stored already wherever that can stay.
    private func places(of items: [Form.Item], ids: [EntityID], _ label: () -> RunLabel) -> [Value] {
        let named = Dictionary(
            zip(items, ids).map { (Value.text($0.name), Value.text($1.description)) },
            uniquingKeysWith: { first, _ in first })
        let parents = items.map { item in
            item.parent.map { named[.text($0)] ?? .text($0) } ?? .null
        }
        let cut = Set(cutItems.map(\.id))
        let former = Dictionary(uniqueKeysWithValues: self.items.map { ($0.entity.id, $0) })
        var places = [Value](repeating: .null, count: items.count)
        // In the order of the form, so that chance is drawn in one order.
        let groups = Dictionary(grouping: items.indices, by: { parents[$0] }).sorted { $0.value[0] < $1.value[0] }
        for (parent, siblings) in groups {
            let current = siblings.map { index -> PlacedItem? in
                former[ids[index]].flatMap { $0.parent == parent && !cut.contains(ids[index]) ? $0 : nil }
            }
            let positions = Position.arranged(current.map { $0?.position }, by: label)
            for (offset, index) in siblings.enumerated() {
                let stored = current[offset].flatMap { $0.position == positions[offset] ? $0 : nil }
                places[index] =
                    stored?.entity[Place.field] ?? Place(parent: parent, position: positions[offset]).value
            }
        }
        return places
    }

    private static func edit(
        _ kind: EntityKind, _ id: EntityID, from former: Entity?, to members: [Value.Member]
    ) -> EntityEdit {
        var operations = members.compactMap { member -> Operation? in
            if member.value.isNull || former?[member.key] == member.value { return nil }
            return Operation(.put(member.value), field: member.key)
        }
        for old in former?.fields ?? [] where (Value.map(members)[old.key] ?? .null).isNull {
            operations.append(Operation(.clear, field: old.key))
        }
        return EntityEdit(kind: kind.rawValue, entity: id, operations: operations)
    }

    private static func deletion(of entity: Entity, _ kind: EntityKind) -> EntityEdit {
        EntityEdit(kind: kind.rawValue, entity: entity.id, operations: [.delete])
    }
}

/// The items or the choices of a draft, to be taken by name: a list can have thousands. Of several with one name, which
/// designers make offline, the first comes first.
private struct FormerEntities {
    private let entities: [Entity]
    /// By name, the last first. A `Value` tells names apart by their bytes.
    private var places: [Value: [Int]]

    init(_ entities: [Entity], name: (Entity) -> Value) {
        self.entities = entities
        places = Dictionary(grouping: entities.indices.reversed()) { name(entities[$0]) }
    }

    /// The first that has the name and was not taken before.
    mutating func take(_ name: Value) -> Entity? {
        places[name]?.popLast().map { entities[$0] }
    }

    /// What was not taken, in order.
    var rest: [Entity] { places.values.joined().sorted().map { entities[$0] } }
}

extension Value {
    fileprivate var members: [Value.Member] { mapValue ?? [] }
}
