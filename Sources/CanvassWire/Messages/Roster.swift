package import CanvassCRDT
package import CanvassCoding

/// What a device may know of the organisation: its own memberships, the scopes it may read, and the people whose names
/// it shows. Sent whole, and only when it has changed since the position that the client names.
package struct Roster: Message {
    /// A person as the members of the same campaign see them.
    package struct Person: Sendable, Hashable {
        package var membership: Membership
        package var name: String
        package var language: String?
        package var devices: [EntityID]

        package init(membership: Membership, name: String, language: String?, devices: [EntityID]) {
            self.membership = membership
            self.name = name
            self.language = language
            self.devices = devices
        }
    }

    package struct Team: Sendable, Hashable {
        package var id: EntityID
        package var name: String

        package init(id: EntityID, name: String) {
            self.id = id
            self.name = name
        }
    }

    /// The position in the relay's log of the last entry that changed a roster.
    package var position: UInt64
    package var organisation: EntityID
    /// The members that the asking device acts as.
    package var own: [EntityID]
    /// The scopes that the asking device may read.
    package var scopes: [ScopeOwner]
    package var people: [Person]
    package var teams: [Team]
    /// The asking device's certificate, encoded: another one whenever its memberships changed.
    package var certificate: [UInt8]?

    package init(
        position: UInt64, organisation: EntityID, own: [EntityID], scopes: [ScopeOwner], people: [Person],
        teams: [Team], certificate: [UInt8]? = nil
    ) {
        self.position = position
        self.organisation = organisation
        self.own = own
        self.scopes = scopes
        self.people = people
        self.teams = teams
        self.certificate = certificate
    }

    package init(value: Value) throws(CodingError) {
        let fields = try FieldReader("roster", value)
        position = try fields.unsigned("position")
        organisation = try fields.id("organisation")
        own = try fields.list("own") { value in try EntityID(bytes: value.bytesValue ?? []) }
        scopes = try fields.list("scopes") { value in
            let scope = try FieldReader("scope", value)
            return ScopeOwner(
                scope: try scope.scope("scope"), campaign: try scope.optionalID("campaign"),
                team: try scope.optionalID("team"))
        }
        people = try fields.list("people") { value in try Person(value: value) }
        teams = try fields.list("teams") { value in
            let team = try FieldReader("team", value)
            return Team(id: try team.id("id"), name: try team.text("name"))
        }
        certificate = try fields.optionalBytes("certificate")
    }

    package var value: Value {
        .map([
            .init("position", .integer(Int64(position))), .init("organisation", .bytes(organisation.bytes)),
            .init("own", .list(own.map { .bytes($0.bytes) })),
            .init("scopes", .list(scopes.map(Roster.value(of:)))),
            .init("people", .list(people.map(\.value))),
            .init(
                "teams",
                .list(teams.map { .map([.init("id", .bytes($0.id.bytes)), .init("name", .text($0.name))]) })),
            .init("certificate", certificate.map(Value.bytes) ?? .null),
        ])
    }

    private static func value(of owner: ScopeOwner) -> Value {
        .map([
            .init("scope", .bytes(owner.scope.bytes)),
            .init("campaign", owner.campaign.map { .bytes($0.bytes) } ?? .null),
            .init("team", owner.team.map { .bytes($0.bytes) } ?? .null),
        ])
    }
}

extension Roster.Person {
    init(value: Value) throws(CodingError) {
        let fields = try FieldReader("person", value)
        let roles = try fields.list("roles") { value in value.textValue ?? "" }
        self.init(
            membership: Membership(
                member: try fields.id("member"), campaign: try fields.optionalID("campaign"),
                roles: Set(roles.compactMap(Role.init(rawValue:))), team: try fields.optionalID("team")),
            name: try fields.text("name"), language: try fields.optionalText("language"),
            devices: try fields.list("devices") { value in try EntityID(bytes: value.bytesValue ?? []) })
    }

    var value: Value {
        .map([
            .init("member", .bytes(membership.member.bytes)),
            .init("campaign", membership.campaign.map { .bytes($0.bytes) } ?? .null),
            .init("roles", .list(membership.roles.sorted().map { .text($0.rawValue) })),
            .init("team", membership.team.map { .bytes($0.bytes) } ?? .null), .init("name", .text(name)),
            .init("language", language.map(Value.text) ?? .null),
            .init("devices", .list(devices.map { .bytes($0.bytes) })),
        ])
    }
}
