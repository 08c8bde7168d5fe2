/// What a member may do in a campaign. An admin is the organisation's, and counts as a designer of every campaign.
public enum Role: String, Sendable, Hashable, CaseIterable, Comparable {
    case collector, supervisor, reviewer, designer, admin

    public static func < (left: Role, right: Role) -> Bool { left.rawValue < right.rawValue }
}
