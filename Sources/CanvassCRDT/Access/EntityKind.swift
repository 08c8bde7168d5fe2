/// The kinds of entity that this version knows. Raw values are on the wire and in the file.
public enum EntityKind: String, Sendable, Hashable, CaseIterable {
    case member, device, grant, invite
    case campaign, team, survey, item, choice
    case publishedVersion = "version"
    case publishedPart = "version-part"
    case contact, attempt
    case response, review, note
    case erasure, mark

    /// The scopes that may hold entities of this kind: part of the protocol's permission table.
    public var scopes: Set<ScopeKind> {
        switch self {
        case .member, .device, .grant, .invite: [.roster]
        case .campaign, .team, .survey, .item, .choice, .publishedVersion, .publishedPart: [.design]
        case .contact: [.office, .team]
        case .attempt: [.team]
        case .response, .review: [.responses]
        case .note: [.office, .responses]
        case .erasure: [.roster, .office, .team, .responses]
        case .mark: Set(ScopeKind.allCases)
        }
    }
}
