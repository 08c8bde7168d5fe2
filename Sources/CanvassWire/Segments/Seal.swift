package import CanvassCRDT
package import CanvassCoding

/// The seals on a chain (design, section 4): 16 bytes of HMAC-SHA-256 over the scope and a chain hash, which covers all of
/// the chain up to it. A seal covers the end of a segment, so segments are forwarded whole.
package enum Seal {
    package static let byteCount = 16

    /// By the device that made the changes, with the key from its enrolment: any carrier may deliver them, and the relay
    /// still knows their author.
    package static func device(_ scope: ScopeID, _ hash: ChainHash, key: [UInt8]) -> [UInt8] {
        HMAC.sha256(key: key, message: scope.bytes + hash.bytes).prefix16
    }

    /// By the relay that took them: any reader may refill a relay that lost them.
    ///
    /// - Parameters:
    ///   - voidListHash: `VoidList.hash` of the changes of this chain, up to the hash, that are void.
    ///   - key: the organisation's key for this purpose.
    package static func relay(
        _ scope: ScopeID, _ hash: ChainHash, voidListHash: [UInt8], key: [UInt8]
    ) -> [UInt8] {
        HMAC.sha256(key: key, message: scope.bytes + hash.bytes + voidListHash).prefix16
    }

    /// By the relay, over what its roster holds: `RosterSeal`.
    package static func roster(
        _ organisation: EntityID, changeCount: UInt64, tip: Dot, key: [UInt8]
    ) -> [UInt8] {
        HMAC.sha256(key: key, message: organisation.bytes + bigEndianBytes(changeCount) + tip.bytes).prefix16
    }
}

/// The changes of one chain that are void.
package enum VoidList {
    /// The first 16 bytes of SHA-256 over (sequence, check), 16 bytes each, in the order of the chain.
    ///
    /// - Parameter tips: those that are void, in any order.
    package static func hash(_ tips: [VersionVector.Tip]) -> [UInt8] {
        SHA256.digest(of: tips.sorted().flatMap { bigEndianBytes($0.sequence) + bigEndianBytes($0.check) }).prefix16
    }
}

/// The relay's seal on one tip, as a sync answer brings it.
package struct TipSeal: Message, Hashable {
    package var scope: ScopeID
    package var dot: Dot
    package var seal: [UInt8]
    package var voidListHash: [UInt8]

    package init(scope: ScopeID, dot: Dot, seal: [UInt8], voidListHash: [UInt8]) {
        self.scope = scope
        self.dot = dot
        self.seal = seal
        self.voidListHash = voidListHash
    }

    package init(value: Value) throws(CodingError) {
        let fields = try FieldReader("seal", value)
        scope = try fields.scope("scope")
        dot = try Dot(bytes: fields.bytes("dot"))
        seal = try fields.bytes("seal")
        voidListHash = try fields.bytes("voidList")
        guard seal.count == Seal.byteCount else { throw fields.wrong("seal", "16 bytes") }
        guard voidListHash.count == Seal.byteCount else { throw fields.wrong("voidList", "16 bytes") }
    }

    package var value: Value {
        .map([
            .init("scope", .bytes(scope.bytes)), .init("dot", .bytes(dot.bytes)), .init("seal", .bytes(seal)),
            .init("voidList", .bytes(voidListHash)),
        ])
    }
}
