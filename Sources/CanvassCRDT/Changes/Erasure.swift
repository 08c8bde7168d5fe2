package import CanvassCoding

/// The erasure of one entity (rule 10): an entity of the kind `erasure` whose field `hash` names the hash of the erased
/// entity's id. Once such a put was applied and is not void, no edit of the erased entity in that scope counts, whatever
/// becomes of the erasure's own cells. The id itself, whose random bits keep the hash from being guessed, goes with the
/// bodies.
package enum Erasure {
    package static let hashField = "hash"
    /// A set that the relay writes: the devices, by their ids' bytes, that may hold a body yet and have not confirmed.
    package static let awaitingField = "awaiting"

    /// SHA-256 of the 16 bytes of the id.
    package static func hash(of entity: EntityID) -> SHA256.Digest {
        SHA256.digest(of: entity.bytes)
    }

    /// An edit that erases what has this hash.
    package static func edit(_ hash: SHA256.Digest, as erasure: EntityID) -> EntityEdit {
        EntityEdit(
            kind: EntityKind.erasure.rawValue, entity: erasure,
            operations: [Operation(.put(.bytes(hash.bytes)), field: hashField)])
    }
}

extension EntityEdit {
    /// Whether an erasure of what has one of these hashes hides this edit.
    package func isHidden(by erased: Set<SHA256.Digest>) -> Bool {
        guard !erased.isEmpty, !kind.hasSameBytes(as: EntityKind.erasure.rawValue),
            !kind.hasSameBytes(as: EntityKind.mark.rawValue)
        else { return false }
        return erased.contains(Erasure.hash(of: entity))
    }

    /// The hashes of the entities that this edit erases: the 32 bytes put into `hash` of an `erasure`; else none.
    package var erasedHashes: [SHA256.Digest] {
        guard kind.hasSameBytes(as: EntityKind.erasure.rawValue) else { return [] }
        return operations.compactMap { operation in
            guard operation.element == nil, operation.field.hasSameBytes(as: Erasure.hashField),
                case .put(.bytes(let bytes)) = operation.action
            else { return nil }
            return SHA256.Digest(bytes: bytes)
        }
    }
}
