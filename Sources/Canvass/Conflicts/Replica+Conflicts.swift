public import CanvassCRDT
public import CanvassCoding
import CanvassSQLite
import CanvassStore
import CanvassSurvey

/// An answer or another field that two people changed without knowing of each other: every value is kept until a person
/// settles it.
public struct OpenConflict: Sendable, Hashable {
    public struct Candidate: Sendable, Hashable {
        public var value: Value
        /// Who put it there, on which device, and when by that device's clock.
        public var author: String
        public var device: EntityID
        public var milliseconds: Int64
    }

    /// Names the conflict on the command line: the entity's id and the field.
    public var id: String { "\(entity)/\(field)" }
    public var entity: EntityID
    public var kind: String
    public var field: String
    /// The question's text, where the field is an answer to it or a property of it in a draft.
    public var question: String?
    /// The name of the survey that the answer belongs to.
    public var survey: String?
    /// The one that is shown comes first.
    public var candidates: [Candidate]

    var scope: ScopeID
    /// The versions of the candidates: what whoever settles the conflict was shown.
    var versions: [Dot]
}

extension Replica {
    /// Every conflict that nobody has settled yet.
    ///
    /// - Parameter language: the language of the question's text.
    public func conflicts(language: String? = nil) throws(CanvassError) -> [OpenConflict] {
        let (conflicts, surveys) = try read { connection in
            (try connection.openConflicts(language: language), try connection.surveys())
        }
        var result: [OpenConflict] = []
        for (open, surveyID) in conflicts {
            var conflict = open
            if let survey = surveys.first(where: { $0.id.description == surveyID }) {
                conflict.survey = survey.name
                if let form = try readableForm(of: survey) {
                    conflict.question = form.item(named: conflict.field).map { form.label(of: $0, in: language) }
                }
            }
            result.append(conflict)
        }
        return result
    }

    /// The conflict of that id, or of an id that begins so.
    public func conflict(named id: String) throws(CanvassError) -> OpenConflict {
        let conflicts = try conflicts()
        let matches = conflicts.filter { $0.id == id || $0.id.hasPrefix(id) }
        guard matches.count == 1, let match = matches.first else {
            throw CanvassError(
                matches.isEmpty ? .notFound : .ambiguous,
                matches.isEmpty ? "There is no open conflict \"\(id)\"" : "\"\(id)\" fits \(matches.count) conflicts",
                remedy: "'canvass conflicts list' shows the open ones.")
        }
        return match
    }

    /// Settles a conflict with one of its values, or with another: the versions that it lists are replaced, here and,
    /// after the next syncs, everywhere. One that came since stays beside the decision, as another conflict.
    ///
    /// - Throws: `CanvassError.invalidInput` for a value that is no answer to the question.
    public func settle(_ conflict: OpenConflict, with value: Value) throws(CanvassError) {
        let value = try checked(value, for: conflict)
        try write { connection in
            try connection.requireWrite(to: conflict.scope, what: "this \(conflict.kind)")
            return [
                Edit(
                    scope: conflict.scope,
                    edits: [
                        EntityEdit(
                            kind: conflict.kind, entity: conflict.entity,
                            operations: [
                                Operation(.put(value), field: conflict.field, replaced: conflict.versions)
                            ])
                    ])
            ]
        }
    }

    /// One of the values that are there is taken as it is; another has to be an answer to the question.
    private func checked(_ value: Value, for conflict: OpenConflict) throws(CanvassError) -> Value {
        if conflict.candidates.contains(where: { $0.value == value }) { return value }
        guard let name = conflict.survey, let form = try readableForm(of: survey(named: name)),
            form.item(named: conflict.field) != nil
        else { return value }
        guard let answer = try form.answer(value, to: conflict.field) else {
            throw CanvassError(
                .invalidInput, "\(conflict.field): this value means no answer",
                remedy: "Take one of the values, or give one.")
        }
        return answer
    }
}

extension Connection {
    /// The conflicts, each with the id of the survey whose answer it is about.
    fileprivate mutating func openConflicts(
        language: String?
    ) throws -> [(conflict: OpenConflict, surveyID: String?)] {
        var result: [(conflict: OpenConflict, surveyID: String?)] = []
        for conflict in try conflictsToSettle() {
            let campaign = try campaign(of: conflict.scope)
            var candidates: [OpenConflict.Candidate] = []
            for version in conflict.versions {
                let name = try name(ofDevice: version.author, campaign: campaign) ?? "device \(version.author)"
                candidates.append(
                    OpenConflict.Candidate(
                        value: version.version.value, author: name, device: version.author,
                        milliseconds: version.authorStamp.milliseconds))
            }
            let kind = EntityKind(rawValue: conflict.kind)
            let about = try kind.flatMap { try entity(conflict.entity, kind: $0) }
            let open = OpenConflict(
                entity: conflict.entity, kind: conflict.kind, field: conflict.field,
                question: kind == .item ? about.flatMap { $0.questionText(in: language) } : nil, survey: nil,
                candidates: candidates, scope: conflict.scope, versions: conflict.versions.map(\.version.dot))
            result.append((conflict: open, surveyID: about?[ResponseField.survey]?.textValue))
        }
        return result
    }

    /// The conflicts that a person has to settle: all but those about an item's place, where the winner is as good as the
    /// other (rule 4).
    mutating func conflictsToSettle() throws -> [Conflict] {
        try conflicts().filter { $0.field != SurveyDraft.placeField }
    }

    /// How many conflicts a person has to settle.
    mutating func conflictCount() throws -> Int {
        try cellsInConflict().count { $0.field != SurveyDraft.placeField }
    }

    /// The campaign that a scope belongs to; nil for the roster and for what the relay has not said.
    mutating func campaign(of scope: ScopeID) throws -> EntityID? {
        var statement = try cached("SELECT campaign FROM scope WHERE scope = ?1")
        try statement.bind(scope.bytes, at: 1)
        defer { statement.reset() }
        guard try statement.step(), !statement.isNull(at: 0) else { return scope.kind == .design ? scope.id : nil }
        return try EntityID(bytes: statement.bytes(at: 0))
    }
}

extension Entity {
    /// The text of an item of a draft, or its name where it has none.
    fileprivate func questionText(in language: String?) -> String? {
        let label = self["label"].flatMap { try? LocalizedText(value: $0) }?.text(in: language) ?? ""
        return label.isEmpty ? self["name"]?.textValue : label
    }
}
