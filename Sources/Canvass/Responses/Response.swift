public import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
public import CanvassSurvey

/// One person's answers to a published version of a survey.
public struct Response: Sendable, Hashable {
    public var id: EntityID
    public var survey: EntityID
    /// The published version that it was taken with.
    public var version: EntityID
    /// The member whose response it is; its scope is that member's.
    public var collector: EntityID
    /// The language that the interview was held in; nil where it is not known, for example after an import.
    public var language: String?
    /// When the interview was finished, by the collector's clock: milliseconds since 1970.
    public var finishedMilliseconds: Int64?
    public var answers: Answers
    /// What an import found against the form's own rules, as texts: flagged, never dropped.
    public var findings: [String]
    /// A hash of what an import by key read, so that a row which changed since is noticed; nil for all others.
    var importedHash: Int64?
    /// Whether any of it came from another device by a bundle and has not been confirmed by the relay.
    public var isProvisional = false

    var scope: ScopeID { ScopeID(.responses, collector) }
}

/// The fields of a response that are not answers. XML names hold no "@", so no question can be meant.
enum ResponseField {
    static let survey = "@survey"
    static let version = "@version"
    static let language = "@language"
    static let finished = "@finished"
    static let findings = "@findings"
    static let importedHash = "@row"
}

extension Response {
    init?(_ entity: Entity) {
        guard let survey = entity[ResponseField.survey]?.textValue.flatMap({ try? EntityID(text: $0) }),
            let version = entity[ResponseField.version]?.textValue.flatMap({ try? EntityID(text: $0) })
        else { return nil }
        self.init(
            id: entity.id, survey: survey, version: version, collector: entity.scope.id,
            language: entity[ResponseField.language]?.textValue,
            finishedMilliseconds: entity[ResponseField.finished]?.integerValue,
            answers: Answers(entity.fields.filter { !$0.key.hasPrefix("@") }),
            findings: entity[ResponseField.findings]?.listValue?.compactMap(\.textValue) ?? [])
    }

    /// The edit that creates the response: one change holding all its answers (design, section 2).
    var creation: EntityEdit {
        var operations = [
            Operation(.put(.text(survey.description)), field: ResponseField.survey),
            Operation(.put(.text(version.description)), field: ResponseField.version),
        ]
        if let language { operations.append(Operation(.put(.text(language)), field: ResponseField.language)) }
        if let finishedMilliseconds {
            operations.append(Operation(.put(.integer(finishedMilliseconds)), field: ResponseField.finished))
        }
        if !findings.isEmpty {
            operations.append(Operation(.put(.list(findings.map(Value.text))), field: ResponseField.findings))
        }
        if let importedHash {
            operations.append(Operation(.put(.integer(importedHash)), field: ResponseField.importedHash))
        }
        operations += answers.members.map { Operation(.put($0.value), field: $0.key) }
        return EntityEdit(kind: EntityKind.response.rawValue, entity: id, operations: operations)
    }
}

extension Replica {
    /// The responses to a survey that this replica holds, by id, which is by age.
    public func responses(to survey: Survey) throws(CanvassError) -> [Response] {
        let responses = try read { connection in
            try connection.noting(connection.entities(ofKind: .response).compactMap(Response.init)).filter {
                $0.survey == survey.id
            }
        }
        return try ordered(responses)
    }

    /// The same with the answers in the order of asking: a change keeps them by the bytes of their names.
    func ordered(_ responses: [Response]) throws(CanvassError) -> [Response] {
        var places: [EntityID: [String: Int]] = [:]
        for version in try surveys().flatMap(\.published) where responses.contains(where: { $0.version == version.id })
        {
            guard let form = try readableForm(of: version) else { continue }
            places[version.id] = Dictionary(
                form.items.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
        }
        return responses.map { response in
            guard let places = places[response.version] else { return response }
            var ordered = response
            ordered.answers = Answers(
                response.answers.members.sorted { (places[$0.key] ?? .max) < (places[$1.key] ?? .max) })
            return ordered
        }
    }

    /// The response of that id, or of an id that begins so.
    public func response(named id: String) throws(CanvassError) -> Response {
        let wanted = id.uppercased()
        let matches = try read { connection in
            let entities =
                if let exact = try? EntityID(text: wanted) {
                    try connection.entity(exact, kind: .response).map { [$0] } ?? []
                } else {
                    try connection.entities(ofKind: .response).filter { $0.id.description.hasPrefix(wanted) }
                }
            return try connection.noting(entities.compactMap(Response.init))
        }
        if matches.isEmpty, let exact = try? EntityID(text: wanted), try isErased(exact) {
            throw CanvassError(erased: exact)
        }
        return try ordered([only(matches, named: id)])[0]
    }

    /// The one response that an id, or its beginning, fits.
    func only<Match>(_ matches: [Match], named id: String) throws(CanvassError) -> Match {
        guard matches.count == 1, let match = matches.first else {
            throw CanvassError(
                matches.isEmpty ? .notFound : .ambiguous,
                matches.isEmpty ? "There is no response \"\(id)\" here" : "\"\(id)\" fits \(matches.count) responses",
                remedy: "'canvass response list SURVEY' shows the ids.")
        }
        return match
    }
}

extension Connection {
    /// The responses with what is known of their coming.
    fileprivate mutating func noting(_ responses: [Response]) throws -> [Response] {
        let provisional = try provisionalEntities()
        guard !provisional.isEmpty else { return responses }
        return responses.map { response in
            var response = response
            response.isProvisional = provisional.contains(response.id)
            return response
        }
    }
}
