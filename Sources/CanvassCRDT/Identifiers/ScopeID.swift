package import CanvassCoding

/// What a scope holds (design, section 1). The raw value is the first byte of a `ScopeID` on the wire.
public enum ScopeKind: UInt8, Sendable, Hashable, CaseIterable {
    case roster = 0
    case design = 1
    case office = 2
    case team = 3
    case responses = 4

    public var name: String {
        switch self {
        case .roster: "roster"
        case .design: "design"
        case .office: "office"
        case .team: "team"
        case .responses: "responses"
        }
    }
}

/// The unit of sharing and of permission. Its id is the organisation's for the roster, the campaign's for design and
/// office, the team's for a team, and the collecting member's for responses. Every entity lives in exactly one scope.
public struct ScopeID: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let kind: ScopeKind
    public let id: EntityID

    public init(_ kind: ScopeKind, _ id: EntityID) {
        self.kind = kind
        self.id = id
    }

    public static func < (left: ScopeID, right: ScopeID) -> Bool {
        (left.kind.rawValue, left.id) < (right.kind.rawValue, right.id)
    }

    public var description: String { "\(kind.name)/\(id)" }
}

extension ScopeID {
    /// Seventeen bytes: the kind, then the id.
    package var bytes: [UInt8] { [kind.rawValue] + id.bytes }

    /// - Throws: `CodingError` for a kind that this version does not know or another length.
    package init(bytes: [UInt8]) throws(CodingError) {
        guard let first = bytes.first, let kind = ScopeKind(rawValue: first) else {
            throw CodingError(format: "scope", reason: "unknown kind of scope", offset: 0)
        }
        self.init(kind, try EntityID(bytes: Array(bytes.dropFirst())))
    }
}
