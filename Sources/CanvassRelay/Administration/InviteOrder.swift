/// What an operator wants an invite for. Campaign and team go by name or id.
package struct InviteOrder: Sendable {
    package var campaign: String?
    /// The raw values of `Role`.
    package var roles: [String]
    /// Made in the campaign when it has none of that name.
    package var team: String?
    /// The person it is for.
    package var name: String?
    /// BCP 47 code of the language that the person works in; what the device says wins.
    package var language: String?
    /// The member who gets one more device: the id, or so much of its beginning that no other member has it.
    package var member: String?
    package var uses: Int
    package var validMilliseconds: Int64
    /// Where devices reach the relay, without a slash at the end; nil for what `serve` wrote down.
    package var publicURL: String?

    package init(
        campaign: String? = nil, roles: [String] = [], team: String? = nil, name: String? = nil,
        language: String? = nil, member: String? = nil, uses: Int = 1, validMilliseconds: Int64 = 14 * 86_400_000,
        publicURL: String? = nil
    ) {
        self.campaign = campaign
        self.roles = roles
        self.team = team
        self.name = name
        self.language = language
        self.member = member
        self.uses = uses
        self.validMilliseconds = validMilliseconds
        self.publicURL = publicURL
    }
}

/// An invite that was stored, with the link to hand over: the only place where its secret is.
package struct IssuedInvite: Sendable {
    package let link: String
    /// The raw values of `Role`, sorted.
    package let roles: [String]
    /// Milliseconds since 1970.
    package let expires: Int64
    package let uses: Int
}
