public import CanvassCRDT
public import CanvassCoding
import CanvassSQLite
import CanvassStore
import CanvassSurvey

/// An answer or another field that two people changed without knowing of each other: every value is kept until a person
/// settles it. `MergePolicy` says which fields people are asked about.
public struct OpenConflict: Sendable, Hashable {
    public struct Candidate: Sendable, Hashable {
        public var value: Value
        /// What the reader is shown for the value where that is another text: the label of a choice.
        public var label: String?
        /// Who put it there, on which device, and when by that device's clock.
        public var author: String
        public var device: EntityID
        public var milliseconds: Int64
        /// The same moment by the relay's clock, for values of this device: it knows by how much its clock was wrong.
        /// Nil before the first sync, and for other people's values.
        public var correctedMilliseconds: Int64?
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
    /// - Parameter language: the language of the question's text; nil for the reader's own.
    public func conflicts(language: String? = nil) throws(CanvassError) -> [OpenConflict] {
        let (conflicts, surveys) = try read { connection in
            (try connection.openConflicts(language: language, ownReplica: id), try connection.surveys())
        }
        var result: [OpenConflict] = []
        for (open, surveyID, language) in conflicts {
            var conflict = open
            if let survey = surveys.first(where: { $0.id.description == surveyID }) {
                conflict.survey = survey.name
                if open.kind == EntityKind.response.rawValue, let form = try readableForm(of: survey) {
                    conflict.describe(by: form, language: language)
                }
            }
            result.append(conflict)
        }
        return result
    }

    /// The conflict of that id, or of an id that begins so.
    public func conflict(named id: String, language: String? = nil) throws(CanvassError) -> OpenConflict {
        let conflicts = try conflicts(language: language)
        let matches = conflicts.filter { $0.id == id || $0.id.hasPrefix(id) }
        guard matches.count == 1, let match = matches.first else {
            throw CanvassError(
                matches.isEmpty ? .notFound : .ambiguous,
                matches.isEmpty ? "There is no open conflict \"\(id)\"" : "\"\(id)\" fits \(matches.count) conflicts",
                remedy: "'canvass conflicts list' shows the open ones.")
        }
        return match
    }
}

extension OpenConflict {
    /// Fills in the question's text, and the labels of choices.
    fileprivate mutating func describe(by form: Form, language: String?) {
        guard let item = form.item(named: field) else { return }
        question = form.label(of: item, in: language)
        let choices = item.type.list.flatMap { form.choiceList(named: $0) }?.choices ?? []
        guard !choices.isEmpty else { return }
        let labels = Dictionary(
            choices.map { (Value.text($0.name), form.label(of: $0, in: language)) },
            uniquingKeysWith: { first, _ in first })
        for index in candidates.indices {
            let codes = candidates[index].value.listValue ?? [candidates[index].value]
            let known = codes.compactMap { labels[$0] }
            if known.count == codes.count, !known.isEmpty { candidates[index].label = known.joined(separator: ", ") }
        }
    }
}

extension Connection {
    /// The conflicts, each with the id of the survey that it is about and the language of whoever reads it.
    fileprivate mutating func openConflicts(
        language: String?, ownReplica: ReplicaID
    ) throws -> [(conflict: OpenConflict, surveyID: String?, language: String?)] {
        var result: [(conflict: OpenConflict, surveyID: String?, language: String?)] = []
        let readers = try ownMembers()
        for conflict in try conflicts() {
            let campaign = try campaign(of: conflict.scope)
            let reader = readers.first { $0.membership.campaign == campaign } ?? readers.first
            let language = language ?? reader?.language
            var candidates: [OpenConflict.Candidate] = []
            for version in conflict.versions {
                let attribution = try attribution(
                    of: version.version.dot, by: version.author, at: version.authorStamp, campaign: campaign,
                    ownReplica: ownReplica)
                candidates.append(
                    OpenConflict.Candidate(
                        value: version.version.value, author: attribution.author, device: version.author,
                        milliseconds: version.authorStamp.milliseconds,
                        correctedMilliseconds: attribution.correctedMilliseconds))
            }
            let kind = EntityKind(rawValue: conflict.kind)
            let about = try kind.flatMap { try entity(conflict.entity, kind: $0) }
            let isInDraft = kind == .item || kind == .choice
            let open = OpenConflict(
                entity: conflict.entity, kind: conflict.kind, field: conflict.field,
                question: isInDraft ? about.flatMap { $0.labelText(in: language) } : nil, survey: nil,
                candidates: candidates, scope: conflict.scope, versions: conflict.versions.map(\.version.dot))
            let surveyID = kind == .survey ? conflict.entity.description : about?[ResponseField.survey]?.textValue
            result.append((open, isInDraft ? about?["survey"]?.textValue : surveyID, language))
        }
        return result
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
    /// The text of an item or a choice of a draft, or its name where it has none.
    fileprivate func labelText(in language: String?) -> String? {
        let label = self["label"].flatMap { try? LocalizedText(value: $0) }?.text(in: language) ?? ""
        return label.isEmpty ? self["name"]?.textValue : label
    }
}
