package import CanvassCRDT
package import CanvassCoding

/// `POST /v1/join`: a device asks to be enrolled with the secret of an invite.
///
/// Repeating a request whose answer was lost gives the same answer: the device is known by the id and the key that it
/// chose itself, and a known device uses up nothing of the invite.
package struct JoinRequest: Message {
    /// The secret behind the `#` of an invite link; empty where a device that was enrolled before comes back with its
    /// certificate, because the relay lost it.
    package var invite: String
    package var device: EntityID
    package var replica: ReplicaID
    /// 16 random bytes that the device chose and keeps.
    package var joinKey: [UInt8]
    /// How the person wants to be named; an invite made for somebody has its own name and wins.
    package var name: String?
    /// BCP 47 code of the language that the person works in.
    package var language: String?
    /// The organisation that the replica belongs to already; a relay of another one refuses before anything is used up.
    package var organisation: EntityID?
    /// The device's certificate, encoded, where it comes back without an invite.
    package var certificate: [UInt8]?

    package init(
        invite: String, device: EntityID, replica: ReplicaID, joinKey: [UInt8], name: String?, language: String?,
        organisation: EntityID? = nil, certificate: [UInt8]? = nil
    ) {
        self.invite = invite
        self.device = device
        self.replica = replica
        self.joinKey = joinKey
        self.name = name
        self.language = language
        self.organisation = organisation
        self.certificate = certificate
    }

    package init(value: Value) throws(CodingError) {
        let fields = try FieldReader("join request", value)
        guard try fields.unsigned("protocol") == ProtocolVersion.current else {
            throw fields.wrong("protocol", "\(ProtocolVersion.current)")
        }
        invite = try fields.text("invite")
        device = try fields.id("device")
        replica = try ReplicaID(bytes: fields.bytes("replica"))
        joinKey = try fields.bytes("joinKey")
        guard joinKey.count == 16 else { throw fields.wrong("joinKey", "16 bytes") }
        name = try fields.optionalText("name")
        language = try fields.optionalText("language")
        organisation = try fields.optionalID("organisation")
        certificate = try fields.optionalBytes("certificate")
    }

    package var value: Value {
        .map([
            .init("protocol", .integer(Int64(ProtocolVersion.current))), .init("invite", .text(invite)),
            .init("device", .bytes(device.bytes)), .init("replica", .bytes(replica.bytes)),
            .init("joinKey", .bytes(joinKey)), .init("name", name.map(Value.text) ?? .null),
            .init("language", language.map(Value.text) ?? .null),
            .init("organisation", organisation.map { .bytes($0.bytes) } ?? .null),
            .init("certificate", certificate.map(Value.bytes) ?? .null),
        ])
    }
}

/// The version of the protocol that a message speaks; a relay refuses others with `unsupported-version`.
package enum ProtocolVersion {
    package static let current: UInt64 = 1
}

/// The answer to a join: what the device needs to sync from now on.
package struct JoinAnswer: Message {
    /// Sent as `Authorization: Bearer TOKEN`; the relay keeps only its hash.
    package var token: String
    /// 32 bytes that seal what this device hands to other carriers.
    package var deviceKey: [UInt8]
    package var organisation: EntityID
    package var member: EntityID
    package var name: String
    /// The relay's clock, milliseconds since 1970.
    package var time: Int64
    /// The device's certificate, encoded.
    package var certificate: [UInt8]

    package init(
        token: String, deviceKey: [UInt8], organisation: EntityID, member: EntityID, name: String, time: Int64,
        certificate: [UInt8]
    ) {
        self.token = token
        self.deviceKey = deviceKey
        self.organisation = organisation
        self.member = member
        self.name = name
        self.time = time
        self.certificate = certificate
    }

    package init(value: Value) throws(CodingError) {
        let fields = try FieldReader("join answer", value)
        token = try fields.text("token")
        deviceKey = try fields.bytes("deviceKey")
        organisation = try fields.id("organisation")
        member = try fields.id("member")
        name = try fields.text("name")
        time = try fields.integer("time")
        certificate = try fields.bytes("certificate")
    }

    package var value: Value {
        .map([
            .init("token", .text(token)), .init("deviceKey", .bytes(deviceKey)),
            .init("organisation", .bytes(organisation.bytes)), .init("member", .bytes(member.bytes)),
            .init("name", .text(name)), .init("time", .integer(time)), .init("certificate", .bytes(certificate)),
        ])
    }
}
