package import CanvassCoding

/// Observed-remove sets. A set is a field whose elements are cells of their own, (field, element); an element is in the
/// set while its cell has a version.
///
/// Merge law: **an add wins over a concurrent remove.** Removing clears the versions that its author was shown and no
/// other, so an add that the author had not seen stands (rule 2). Adds of one element do not clash, whoever made them:
/// versions of one element that differ in value show the greatest, and are no conflict.
extension EntityState {
    /// The elements of a set, by the bytes of their canonical encoding.
    package func elements(of field: String) -> [Value] {
        cells.compactMap { named in
            named.field.hasSameBytes(as: field) && named.cell.winner != nil ? named.element : nil
        }
        .map { (element: $0, key: CBOR.encode($0)) }
        .sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.element)
    }
}

extension Operation {
    /// Adds an element to a set.
    ///
    /// - Parameter value: what the set says of the element; true where it says nothing more.
    package static func add(_ element: Value, to field: String, value: Value = true) -> Operation {
        Operation(.put(value), field: field, element: element)
    }

    /// Takes an element out of a set, as far as its author was shown it.
    package static func remove(_ element: Value, from field: String) -> Operation {
        Operation(.clear, field: field, element: element)
    }

    /// Deletes the entity, unless somebody has written to it without knowing: then it lives on whole (rule 3).
    package static var delete: Operation { Operation(.clear, field: EntityState.existenceField) }

    /// Brings the entity back as it was: deleting had touched no field.
    package static var restore: Operation { Operation(.put(.bool(true)), field: EntityState.existenceField) }
}
