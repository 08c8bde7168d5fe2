package import CanvassCRDT
import CanvassCoding

/// What a relay tells every device of its roster and is told again by it, so that a relay that was restored or wiped finds
/// out that it lacks some of it.
///
/// The count orders such seals; a device keeps the highest. The dot says what has to be there: a count alone would also be
/// reached by what a restored relay writes by itself.
package struct RosterSeal: Sendable, Hashable {
    /// Changes in the roster's scope.
    package let changeCount: UInt64
    /// The relay's own last change there. Its context names every other change that was there.
    package let tip: Dot
    package let seal: [UInt8]

    package static let byteCount = 8 + Dot.byteCount + Seal.byteCount

    package init(_ organisation: EntityID, changeCount: UInt64, tip: Dot, key: [UInt8]) {
        self.changeCount = changeCount
        self.tip = tip
        seal = Seal.roster(organisation, changeCount: changeCount, tip: tip, key: key)
    }

    /// Nil for bytes of another form. The seal is left unchecked: what a client may do.
    package init?(unchecked bytes: [UInt8]) {
        guard bytes.count == RosterSeal.byteCount, let dot = try? Dot(bytes: Array(bytes[8..<32])) else { return nil }
        changeCount = bigEndianInteger(bytes[..<8])
        tip = dot
        seal = Array(bytes[32...])
    }

    /// Whether the relay of this organisation made it.
    package func isMade(by organisation: EntityID, key: [UInt8]) -> Bool {
        constantTimeEquals(seal, Seal.roster(organisation, changeCount: changeCount, tip: tip, key: key))
    }

    package var bytes: [UInt8] { bigEndianBytes(changeCount) + tip.bytes + seal }
}
