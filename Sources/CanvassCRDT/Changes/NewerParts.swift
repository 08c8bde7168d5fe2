import CanvassCoding

/// What of a change only a later version understands (rule 8). All of it is kept and passed on.
package struct NewerParts: OptionSet, Sendable, Hashable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// An operation of another code or with another option.
    package static let operations = NewerParts(rawValue: 1)
    /// An entity of a kind that is not in `EntityKind`.
    package static let kinds = NewerParts(rawValue: 2)
    /// A value, or an element, of a type that `Value` has no case for.
    package static let values = NewerParts(rawValue: 4)
}

extension ChangeBody {
    /// What this version does not understand of the change.
    package var newerParts: NewerParts {
        var parts: NewerParts = []
        for edit in edits {
            if EntityKind(rawValue: edit.kind) == nil { parts.insert(.kinds) }
            for operation in edit.operations {
                if operation.element?.holdsForeign == true { parts.insert(.values) }
                switch operation.action {
                case .unknown: parts.insert(.operations)
                case .put(let value): if value.holdsForeign { parts.insert(.values) }
                case .clear, .mark: break
                }
            }
        }
        return parts
    }
}

extension Value {
    fileprivate var holdsForeign: Bool {
        switch self {
        case .foreign: true
        case .list(let values): values.contains { $0.holdsForeign }
        case .map(let members): members.contains { $0.value.holdsForeign }
        case .null, .bool, .integer, .number, .text, .bytes: false
        }
    }
}
