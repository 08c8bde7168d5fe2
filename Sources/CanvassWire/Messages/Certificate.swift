package import CanvassCRDT
package import CanvassCoding

/// What the relay vouches for of a device (design, section 5): with it a relay that lost the device knows it again, and
/// whoever carries the device's changes can show who made them.
///
/// Encoded, it is a CBOR array `[payload, seal]`: the payload is a map in canonical CBOR, the seal 16 bytes of HMAC-SHA-256
/// over the payload with the organisation's key for certificates. Only the relay can check or make one; for everybody else
/// it is opaque, though readable.
package struct Certificate: Message, Hashable {
    package struct Member: Sendable, Hashable {
        package var membership: Membership
        package var name: String
        package var language: String?

        package init(membership: Membership, name: String, language: String?) {
            self.membership = membership
            self.name = name
            self.language = language
        }
    }

    package var organisation: EntityID
    package var device: EntityID
    package var replica: ReplicaID
    /// SHA-256 of the UTF-8 of the text of the device's first token.
    package var tokenHash: [UInt8]
    package var members: [Member]
    /// The relay's clock when it was made, milliseconds since 1970.
    package var issued: Int64
    /// How often the token was replaced since.
    package var rotation: Int64

    package init(
        organisation: EntityID, device: EntityID, replica: ReplicaID, tokenHash: [UInt8], members: [Member],
        issued: Int64, rotation: Int64 = 0
    ) {
        self.organisation = organisation
        self.device = device
        self.replica = replica
        self.tokenHash = tokenHash
        self.members = members
        self.issued = issued
        self.rotation = rotation
    }

    package init(value: Value) throws(CodingError) {
        let fields = try FieldReader("certificate", value)
        organisation = try fields.id("organisation")
        device = try fields.id("device")
        replica = try ReplicaID(bytes: fields.bytes("replica"))
        tokenHash = try fields.bytes("tokenHash")
        guard tokenHash.count == 32 else { throw fields.wrong("tokenHash", "32 bytes") }
        members = try fields.list("members") { value in
            let member = try FieldReader("member", value)
            let roles = try member.list("roles") { value in value.textValue ?? "" }
            return Member(
                membership: Membership(
                    member: try member.id("member"), campaign: try member.optionalID("campaign"),
                    roles: Set(roles.compactMap(Role.init(rawValue:))), team: try member.optionalID("team")),
                name: try member.text("name"), language: try member.optionalText("language"))
        }
        issued = try fields.integer("issued")
        rotation = try fields.optional("rotation") == nil ? 0 : fields.integer("rotation")
        guard rotation >= 0 else { throw fields.wrong("rotation", "0 or more") }
    }

    package var value: Value {
        let fields: [Value.Member] = [
            .init("organisation", .bytes(organisation.bytes)), .init("device", .bytes(device.bytes)),
            .init("replica", .bytes(replica.bytes)), .init("tokenHash", .bytes(tokenHash)),
            .init("members", .list(members.map(\.value))), .init("issued", .integer(issued)),
        ]
        return .map(rotation == 0 ? fields : fields + [.init("rotation", .integer(rotation))])
    }
}

extension Certificate.Member {
    var value: Value {
        .map([
            .init("member", .bytes(membership.member.bytes)),
            .init("campaign", membership.campaign.map { .bytes($0.bytes) } ?? .null),
            .init("roles", .list(membership.roles.sorted().map { .text($0.rawValue) })),
            .init("team", membership.team.map { .bytes($0.bytes) } ?? .null), .init("name", .text(name)),
            .init("language", language.map(Value.text) ?? .null),
        ])
    }
}

extension Certificate {
    /// The certificate with its seal.
    package func sealed(key: [UInt8]) -> [UInt8] {
        let payload = encoded()
        var writer = CBORWriter(reservingCapacity: payload.count + 24)
        writer.array(count: 2)
        writer.bytes(payload)
        writer.bytes(HMAC.sha256(key: key, message: payload).prefix16)
        return writer.bytes
    }

    /// Reads a certificate and leaves its seal unchecked: what a client may do.
    package init(unchecked bytes: [UInt8]) throws(CodingError) {
        try self.init(decoding: Certificate.parts(of: bytes).payload)
    }

    /// Reads a certificate; nil when this organisation never made it.
    package init?(sealed bytes: [UInt8], key: [UInt8]) throws(CodingError) {
        let parts = try Certificate.parts(of: bytes)
        guard constantTimeEquals(parts.seal, HMAC.sha256(key: key, message: parts.payload).prefix16) else { return nil }
        try self.init(decoding: parts.payload)
    }

    private static func parts(of bytes: [UInt8]) throws(CodingError) -> (payload: [UInt8], seal: [UInt8]) {
        var reader = CBORReader(bytes)
        guard try reader.arrayHeader() == 2 else {
            throw CodingError(format: "certificate", reason: "two parts expected", offset: 0)
        }
        let parts = (payload: try reader.bytes(), seal: try reader.bytes())
        try reader.finish()
        return parts
    }
}
