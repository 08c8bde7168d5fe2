import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import CanvassSurvey

/// The entities of one survey's draft.
struct SurveyDraft {
    var survey: Entity?
    /// In order of asking: the items of a group follow it.
    private(set) var items: [PlacedItem] = []
    /// List by list, in order.
    private(set) var choices: [Entity] = []
    /// Where two designers moved items into each other: the items at which the circles were cut.
    private(set) var cutItems: [Entity] = []

    /// An item with the group that it stands in.
    struct PlacedItem {
        let entity: Entity
        /// The group's id as text, or the name of a group that is not there; null at the top.
        let parent: Value
        let position: Position
    }

    init(of survey: EntityID?, in scope: ScopeID, _ connection: inout Connection) throws {
        guard let survey else { return }
        self.survey = try connection.entity(survey, kind: .survey)
        let reference = Value.text(survey.description)
        let items = try connection.entities(ofKind: .item, in: scope).filter { $0["survey"] == reference }
        let places = SurveyDraft.places(of: items)
        let outline = try Outline(places) { (id) throws -> Version? in
            try connection.state(of: id, kind: .item, in: scope)?.cell(Place.field)?.winner
        }
        (self.items, cutItems) = SurveyDraft.inOrder(items, places, outline)
        choices = try connection.entities(ofKind: .choice, in: scope).filter { $0["survey"] == reference }
            .map { (entity: $0, position: Place($0[Place.field]).position) }
            .sorted { ($0.position, $0.entity.id) < ($1.position, $1.entity.id) }.map(\.entity)
    }

    /// The places of items by their ids. Groups were once named by their names: those are looked up.
    private static func places(of items: [Entity]) -> [EntityID: Place] {
        let ids = Set(items.map { Value.text($0.id.description) })
        let groups = Dictionary(
            items.map { ($0["name"] ?? .null, Value.text($0.id.description)) }, uniquingKeysWith: { first, _ in first })
        return Dictionary(
            uniqueKeysWithValues: items.map { item in
                var place = Place(item[Place.field])
                if !place.parent.isNull, !ids.contains(place.parent) {
                    place.parent = groups[place.parent] ?? place.parent
                }
                return (item.id, place)
            })
    }

    /// Depth first, without recursion: a hostile draft may be nested as deep as it has items. Items of a group that was
    /// deleted come last, at the top; what nothing holds must not vanish.
    private static func inOrder(
        _ items: [Entity], _ places: [EntityID: Place], _ outline: Outline
    ) -> (placed: [PlacedItem], cut: [Entity]) {
        let entities = Dictionary(uniqueKeysWithValues: items.map { ($0.id, $0) })
        let groups = Set(items.map { Value.text($0.id.description) })
        let lost = outline.lists.keys.filter { !$0.isNull && !groups.contains($0) }
            .map { $0.textValue ?? "" }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        var placed: [PlacedItem] = []
        for list in [Value.null] + lost.map(Value.text) {
            // The text of an id means a group that is gone; any other text is the name of one.
            let isDeleted = list.textValue.map { (try? EntityID(text: $0)) != nil } ?? false
            let top = isDeleted ? .null : list
            var waiting = (outline.lists[list] ?? []).reversed().map { (id: $0, parent: top) }
            while let next = waiting.popLast() {
                guard let entity = entities[next.id], let place = places[next.id] else { continue }
                placed.append(PlacedItem(entity: entity, parent: next.parent, position: place.position))
                let key = Value.text(next.id.description)
                waiting += (outline.lists[key] ?? []).reversed().map { (id: $0, parent: key) }
            }
        }
        return (placed, outline.cut.compactMap { entities[$0] })
    }

    func form() throws -> Form {
        guard let survey, let name = survey["name"]?.textValue else {
            throw StoreError.damaged("the draft of a survey")
        }
        var form = Form(
            id: name, title: survey["title"]?.textValue ?? name, version: survey["version"]?.textValue ?? "",
            languages: survey["languages"]?.listValue?.compactMap(\.textValue) ?? [],
            defaultLanguage: survey["defaultLanguage"]?.textValue)
        let names = Dictionary(
            uniqueKeysWithValues: items.map { (Value.text($0.entity.id.description), $0.entity["name"]?.textValue) })
        form.items = try items.map { placed in
            var item = try Form.Item(value: .map(placed.entity.fields))
            item.parent = names[placed.parent] ?? placed.parent.textValue
            return item
        }
        var lists: [Value: Int] = [:]
        for entity in choices {
            guard let list = entity["list"]?.textValue else { continue }
            let choice = try Form.Choice(value: .map(entity.fields))
            if let index = lists[.text(list)] {
                form.choiceLists[index].choices.append(choice)
            } else {
                lists[.text(list)] = form.choiceLists.count
                form.choiceLists.append(Form.ChoiceList(name: list, choices: [choice]))
            }
        }
        return form
    }
}
