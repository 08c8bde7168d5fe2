import CanvassCoding

extension Value {
    /// Null for nil.
    init(_ text: String?) { self = text.map(Value.text) ?? .null }

    /// Null for nil.
    init(_ integer: Int64?) { self = integer.map(Value.integer) ?? .null }

    init(_ count: Int) { self = .integer(Int64(count)) }
}
