public import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore

/// A survey of a campaign: a draft that designers write together, and the versions published from it.
public struct Survey: Sendable, Hashable {
    public var id: EntityID
    public var campaign: EntityID
    /// The form's id: the survey's name on the command line, and in the SQL view `responses_<name>`.
    public var name: String
    public var title: String
    /// The published versions by age; responses name the one they were taken with.
    public var published: [PublishedVersion]

    var design: ScopeID { ScopeID(.design, campaign) }
}

/// An immutable form that responses are taken with.
public struct PublishedVersion: Sendable, Hashable {
    public var id: EntityID
    public var survey: EntityID
    /// 1, 2, 3 … Two designers who publish offline may give one number twice; the id tells them apart.
    public var number: Int
    /// The designer's own version text.
    public var version: String
    /// Milliseconds since 1970 by the publisher's clock.
    public var publishedMilliseconds: Int64
    /// The SHA-256 of the form's canonical document.
    var hash: [UInt8]
    /// How many parts the document is stored in: a form can be larger than a change.
    var partCount: Int
}

extension Survey {
    init?(_ entity: Entity, published: [PublishedVersion]) {
        guard let name = entity["name"]?.textValue else { return nil }
        self.init(
            id: entity.id, campaign: entity.scope.id, name: name, title: entity["title"]?.textValue ?? name,
            published: published)
    }
}

extension PublishedVersion {
    init?(_ entity: Entity) {
        guard let surveyText = entity["survey"]?.textValue, let survey = try? EntityID(text: surveyText),
            let number = entity["number"]?.integerValue, (1...Int64(Int32.max)).contains(number),
            let hash = entity["hash"]?.bytesValue,
            let parts = entity["parts"]?.integerValue
        else { return nil }
        self.init(
            id: entity.id, survey: survey, number: Int(clamping: number),
            version: entity["version"]?.textValue ?? "",
            publishedMilliseconds: entity["published"]?.integerValue ?? 0, hash: hash,
            partCount: Int(clamping: parts))
    }
}

extension Replica {
    /// Every survey that this replica holds, by name.
    public func surveys() throws(CanvassError) -> [Survey] {
        try read { connection in try connection.surveys() }
    }

    /// The survey of that name or id.
    public func survey(named name: String) throws(CanvassError) -> Survey {
        try read { connection in try connection.survey(named: name) }
    }
}

extension Connection {
    mutating func surveys() throws -> [Survey] {
        let versions = Dictionary(
            grouping: try entities(ofKind: .publishedVersion).compactMap(PublishedVersion.init), by: \.survey)
        return try entities(ofKind: .survey)
            .compactMap { entity in Survey(entity, published: (versions[entity.id] ?? []).sorted(by: isEarlier)) }
            .sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    }

    mutating func survey(named name: String) throws -> Survey {
        let surveys = try surveys()
        let matches = surveys.filter { $0.name == name || $0.id.description == name }
        if matches.count == 1, let match = matches.first { return match }
        guard matches.isEmpty else {
            throw CanvassError(
                .ambiguous, "There are \(matches.count) surveys named \"\(name)\"",
                remedy: "Name it by its id: \(matches.map(\.id.description).joined(separator: ", "))")
        }
        let known = surveys.isEmpty ? "none" : surveys.map(\.name).joined(separator: ", ")
        throw CanvassError(
            .notFound, "There is no survey \"\(name)\" here; known: \(known)",
            remedy: "Sync, or import one with 'canvass survey import'.")
    }
}

private func isEarlier(_ left: PublishedVersion, _ right: PublishedVersion) -> Bool {
    (left.number, left.id) < (right.number, right.id)
}
