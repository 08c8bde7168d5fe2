import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
public import CanvassSurvey

/// The draft of a survey as entities: one for the survey, one for each item, one for each choice. Every property is a
/// cell of its own, so that two designers who change the label and the constraint of one question offline both keep
/// their change.
extension Replica {
    /// Writes a form as the draft of a survey, new or known by the form's id.
    ///
    /// Only what differs from the draft is written; items and choices that the form no longer has are deleted.
    ///
    /// - Parameter campaign: the campaign that the survey belongs to.
    @discardableResult
    public func importSurvey(_ form: Form, into campaign: Campaign) throws(CanvassError) -> Survey {
        var id = newID()
        try write { connection in
            try connection.requireWrite(to: campaign.design, what: "surveys")
            let known = try connection.surveys().first { $0.name == form.id && $0.campaign == campaign.id }
            let draft = try SurveyDraft(of: known?.id, in: campaign.design, &connection)
            id = known?.id ?? id
            return Edit.packed(draft.edits(toBecome: form, survey: id, newID: newID), scope: campaign.design)
        }
        return try survey(named: id.description)
    }

    /// The draft as a form.
    public func draft(of survey: Survey) throws(CanvassError) -> Form {
        try read { connection in
            try SurveyDraft(of: survey.id, in: survey.design, &connection).form()
        }
    }
}

extension Edit {
    /// As few changes as the size limit of one change allows, each well below it.
    static func packed(_ edits: [EntityEdit], scope: ScopeID) -> [Edit] {
        let bytesPerChange = ChangeLimits.maximumBytes / 2
        var packed: [Edit] = []
        var bytes = 0
        for edit in edits {
            let size = ChangeBody(edits: [edit]).encoded.count
            if let last = packed.indices.last, bytes + size <= bytesPerChange {
                packed[last].edits.append(edit)
                bytes += size
            } else {
                packed.append(Edit(scope: scope, edits: [edit]))
                bytes = size
            }
        }
        return packed
    }
}

/// The entities of one survey's draft.
struct SurveyDraft {
    /// The cell that says where an item stands (rule 4).
    static let placeField = "place"

    var survey: Entity?
    var items: [Entity] = []
    var choices: [Entity] = []

    init(of survey: EntityID?, in scope: ScopeID, _ connection: inout Connection) throws {
        guard let survey else { return }
        self.survey = try connection.entity(survey, kind: .survey)
        let reference = Value.text(survey.description)
        items = try connection.entities(ofKind: .item, in: scope).filter { $0["survey"] == reference }
            .sorted { $0.position < $1.position }
        choices = try connection.entities(ofKind: .choice, in: scope).filter { $0["survey"] == reference }
            .sorted { $0.position < $1.position }
    }

    func form() throws -> Form {
        guard let survey, let name = survey["name"]?.textValue else {
            throw StoreError.damaged("the draft of a survey")
        }
        var form = Form(
            id: name, title: survey["title"]?.textValue ?? name, version: survey["version"]?.textValue ?? "",
            languages: survey["languages"]?.listValue?.compactMap(\.textValue) ?? [],
            defaultLanguage: survey["defaultLanguage"]?.textValue)
        form.items = try items.map { try Form.Item(value: .map($0.fields)) }
        var places: [Value: Int] = [:]
        for entity in choices {
            guard let list = entity["list"]?.textValue else { continue }
            let choice = try Form.Choice(value: .map(entity.fields))
            if let place = places[.text(list)] {
                form.choiceLists[place].choices.append(choice)
            } else {
                places[.text(list)] = form.choiceLists.count
                form.choiceLists.append(Form.ChoiceList(name: list, choices: [choice]))
            }
        }
        return form
    }

    /// What to write so that the draft becomes `form`.
    func edits(toBecome form: Form, survey id: EntityID, newID: () -> EntityID) -> [EntityEdit] {
        let languages = Value.list(form.languages.map(Value.text))
        var edits: [EntityEdit] = []
        edits.append(
            SurveyDraft.edit(
                .survey, id, from: survey,
                to: [
                    .init("name", .text(form.id)),
                    .init("title", .text(form.title)), .init("version", .text(form.version)),
                    .init("languages", languages),
                    .init("defaultLanguage", form.defaultLanguage.map(Value.text) ?? .null),
                ]))
        let reference = Value.Member("survey", .text(id.description))
        var formerItems = FormerEntities(items) { $0["name"] ?? .null }
        for (index, item) in form.items.enumerated() {
            let former = formerItems.take(.text(item.name))
            let place = Value.Member(SurveyDraft.placeField, SurveyDraft.place(parent: item.parent, index))
            edits.append(
                SurveyDraft.edit(
                    .item, former?.id ?? newID(), from: former, to: item.value.members + [reference, place]))
        }
        var formerChoices = FormerEntities(choices) { .list([$0["list"] ?? .null, $0["name"] ?? .null]) }
        for list in form.choiceLists {
            for (index, choice) in list.choices.enumerated() {
                let former = formerChoices.take(.list([.text(list.name), .text(choice.name)]))
                let place = Value.Member(SurveyDraft.placeField, SurveyDraft.place(parent: list.name, index))
                edits.append(
                    SurveyDraft.edit(
                        .choice, former?.id ?? newID(), from: former,
                        to: choice.value.members + [reference, .init("list", .text(list.name)), place]))
            }
        }
        edits += formerItems.rest.map { SurveyDraft.deletion(of: $0, .item) }
        edits += formerChoices.rest.map { SurveyDraft.deletion(of: $0, .choice) }
        return edits.filter { !$0.operations.isEmpty }
    }

    /// The `place` cell (rule 4): the parent's name and a position that sorts by its bytes, six digits to leave room.
    private static func place(parent: String?, _ index: Int) -> Value {
        let digits = String(index)
        return .list([
            parent.map(Value.text) ?? .null,
            .text(String(repeating: "0", count: max(0, 6 - digits.count)) + digits),
        ])
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
        EntityEdit(
            kind: kind.rawValue, entity: entity.id,
            operations: [Operation(.clear, field: EntityState.existenceField)])
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

extension Entity {
    /// The position string of the `place` cell; what has none comes first.
    fileprivate var position: String {
        self[SurveyDraft.placeField]?.listValue?.last?.textValue ?? ""
    }
}

extension Value {
    fileprivate var members: [Value.Member] { mapValue ?? [] }
}
