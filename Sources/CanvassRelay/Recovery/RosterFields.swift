import CanvassCRDT
import CanvassCoding

/// An edit of the roster, read as far as it makes sense.
struct RosterFields {
    let kind: EntityKind?
    let id: EntityID
    private let operations: [Operation]

    init(_ edit: EntityEdit) {
        kind = EntityKind(rawValue: edit.kind)
        id = edit.entity
        operations = edit.operations
    }

    private func value(_ field: String) -> Value? {
        for operation in operations where operation.element == nil && operation.field.hasSameBytes(as: field) {
            if case .put(let value) = operation.action { return value }
        }
        return nil
    }

    func text(_ field: String) -> String? { value(field)?.textValue }
    func integer(_ field: String) -> Int64? { value(field)?.integerValue }
    func bytes(_ field: String) -> [UInt8]? { value(field)?.bytesValue }
    func entity(_ field: String) -> EntityID? { bytes(field).flatMap { try? EntityID(bytes: $0) } }

    var roles: Set<Role>? {
        value("roles")?.listValue.map { Set($0.compactMap { $0.textValue.flatMap(Role.init(rawValue:)) }) }
    }

    /// The elements of a set that were put, as bytes, each with its value.
    func set(_ field: String) -> [(element: [UInt8], value: Value)] {
        operations.compactMap { operation in
            guard operation.field.hasSameBytes(as: field), case .bytes(let element) = operation.element,
                case .put(let value) = operation.action
            else { return nil }
            return (element, value)
        }
    }

    /// Whether the member that an invite is for is there, if it is for one.
    func isMemberKnown(_ connection: inout LogConnection) throws -> Bool {
        guard let member = entity("member") else { return true }
        return try connection.member(member) != nil
    }
}
