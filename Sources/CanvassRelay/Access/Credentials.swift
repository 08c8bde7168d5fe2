import CanvassCRDT
import CanvassCoding
import CanvassWire

/// The key of the organisation, from which all that a device gets is derived, so that a repeated join gets the same.
struct OrganisationKey: Sendable {
    let bytes: [UInt8]
    /// The key of the relay's own seals, on chains and on the roster.
    let sealKey: [UInt8]

    static let byteCount = 32

    init(bytes: [UInt8]) {
        self.bytes = bytes
        sealKey = HMAC.sha256(key: bytes, message: Array("seal".utf8)).bytes
    }

    /// What the device sends with every request: 128 bits.
    ///
    /// - Parameter rotation: how often the token was replaced.
    func token(device: EntityID, joinKey: [UInt8], rotation: Int64) -> String {
        let count = rotation > 0 ? bigEndianBytes(UInt64(rotation)) : []
        return Base32.encode(derive("token", device, joinKey + count).prefix16)
    }

    /// The key with which the device seals what it hands to other carriers. Derived from the hash of its first token, which the
    /// relay keeps and certificates carry, so that the relay can check such a seal though it knows neither token nor key.
    func deviceKey(device: EntityID, tokenHash: [UInt8]) -> [UInt8] {
        derive("device", device, tokenHash).bytes
    }

    var certificateKey: [UInt8] { HMAC.sha256(key: bytes, message: Array("certificate".utf8)).bytes }

    private func derive(_ purpose: String, _ device: EntityID, _ secret: [UInt8]) -> SHA256.Digest {
        HMAC.sha256(key: bytes, message: Array(purpose.utf8) + device.bytes + secret)
    }
}

/// What is kept of a token or an invite's secret. Secrets have 128 random bits, so that a plain hash protects them, and
/// looking a hash up tells an attacker nothing about the secret.
enum SecretHash {
    static func of(_ secret: String) -> [UInt8] {
        SHA256.digest(of: Array(secret.utf8)).bytes
    }
}
