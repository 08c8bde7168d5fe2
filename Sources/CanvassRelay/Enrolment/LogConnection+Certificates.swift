import CanvassCRDT
import CanvassWire

extension LogConnection {
    /// The sealed certificate of a device as the roster stands; nil for a device that is not enrolled.
    mutating func certificate(
        of device: EntityID, as identity: RelayIdentity, at milliseconds: Int64
    ) throws -> [UInt8]? {
        var statement = try cached("SELECT replica, token_hash, rotation FROM device WHERE id = ?1")
        try statement.bind(device.bytes, at: 1)
        guard try statement.step() else { return nil }
        let replica = ReplicaID(rawValue: UInt64(bitPattern: statement.int64(at: 0)))
        let tokenHash = statement.bytes(at: 1)
        let rotation = statement.int64(at: 2)
        let members = try memberships(of: device).compactMap { try member($0.member) }
        return Certificate(
            organisation: identity.organisation, device: device, replica: replica, tokenHash: tokenHash,
            members: members.map { .init(membership: $0.membership, name: $0.name, language: $0.language) },
            issued: milliseconds, rotation: rotation
        ).sealed(key: identity.key.certificateKey)
    }
}
