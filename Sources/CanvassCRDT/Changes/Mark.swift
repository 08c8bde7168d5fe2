import CanvassCoding

/// Why a change has no effect (rule 9). Raw values are on the wire; readers keep reasons that they do not know.
package enum MarkReason: String, Sendable, Hashable, CaseIterable {
    /// The member who collected, or an admin, had what it is about erased.
    case erased
    /// Its author had been revoked when it arrived.
    case revoked
    /// Its author may not write the scope.
    case forbidden
    /// It holds a kind of entity that the scope may not hold.
    case misplaced
    /// Its body is none that this protocol knows.
    case unreadable
}

extension ChangeBody {
    /// The marks of the change. One that has any is never void itself.
    package func marks(by author: EntityID) -> [(dot: Dot, reason: String)] {
        edits.flatMap { $0.marks(by: author) }
    }
}

extension EntityEdit {
    /// The relay's marks on changes of the scope: one edit of the kind `mark` on the id of the organisation, which is the
    /// author of the relay's own changes. Such an edit by anybody else marks nothing, so a mark can be told from its
    /// change alone, and every replica tells alike.
    ///
    /// - Parameter author: that of the change.
    package func marks(by author: EntityID) -> [(dot: Dot, reason: String)] {
        guard kind.hasSameBytes(as: EntityKind.mark.rawValue), entity == author else { return [] }
        return operations.compactMap { operation in
            guard case .mark(let dot, let reason) = operation.action else { return nil }
            return (dot, reason)
        }
    }

    /// Whether the edit is of the kind `mark` and holds nothing but marks, whoever wrote it: it makes no entity.
    package var isOfMarksAlone: Bool {
        kind.hasSameBytes(as: EntityKind.mark.rawValue)
            && operations.allSatisfy { if case .mark = $0.action { true } else { false } }
    }

    package static func marks(on dots: [(dot: Dot, reason: MarkReason)], by organisation: EntityID) -> EntityEdit {
        EntityEdit(
            kind: EntityKind.mark.rawValue, entity: organisation,
            operations: dots.map { Operation(marking: $0.dot, reason: $0.reason) })
    }
}
