/// What a cell, an answer, a JSON document or a CBOR item can hold.
///
/// Equality and hashing follow bytes, not Unicode equivalence: Swift's `String` treats "é" written as one scalar and as
/// two as equal, and a replica that did the same would silently replace one person's spelling by another's.
public enum Value: Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// A finite binary64. `Value.number(_:)` is only used for what is not a whole number: see `Value.init(_: Double)`.
    case number(Double)
    case text(String)
    case bytes([UInt8])
    case list([Value])
    /// Members in the order they were given; canonical CBOR sorts them.
    case map([Member])
    /// One well-formed CBOR item of a type that this version does not know, kept as it came (design rule 8).
    case foreign([UInt8])

    /// One key of a map with its value.
    public struct Member: Sendable, Hashable {
        public var key: String
        public var value: Value

        public init(_ key: String, _ value: Value) {
            self.key = key
            self.value = value
        }

        public static func == (left: Member, right: Member) -> Bool {
            left.key.hasSameBytes(as: right.key) && left.value == right.value
        }

        public func hash(into hasher: inout Hasher) {
            hasher.combine(bytesOf: key)
            hasher.combine(value)
        }
    }

    /// A number in its one canonical form: whole numbers within ±2⁵³ become `.integer`, so that 1 and 1.0 are the same
    /// answer in JSON, in CBOR and in a digest. NaN and infinities, which no answer can be, become `.null`.
    public init(_ double: Double) {
        if !double.isFinite {
            self = .null
        } else if let whole = Int64(exactly: double), whole.magnitude <= 1 << 53 {
            self = .integer(whole)
        } else {
            self = .number(double)
        }
    }
}

extension Value: Hashable {
    public static func == (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.integer(let a), .integer(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.text(let a), .text(let b)): a.hasSameBytes(as: b)
        case (.bytes(let a), .bytes(let b)): a == b
        case (.list(let a), .list(let b)): a == b
        case (.map(let a), .map(let b)): a == b
        case (.foreign(let a), .foreign(let b)): a == b
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .integer(let value): hasher.combine(value)
        case .number(let value): hasher.combine(value)
        case .text(let value): hasher.combine(bytesOf: value)
        case .bytes(let value), .foreign(let value): hasher.combine(value)
        case .list(let values): hasher.combine(values)
        case .map(let members): hasher.combine(members)
        }
    }
}

extension Value {
    /// The value of `key` in a map; nil when this is no map or has no such key.
    public subscript(_ key: String) -> Value? {
        guard case .map(let members) = self else { return nil }
        return members.first { $0.key.hasSameBytes(as: key) }?.value
    }

    public var textValue: String? {
        if case .text(let value) = self { value } else { nil }
    }

    public var integerValue: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// Integers and numbers alike, as a double.
    public var doubleValue: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    public var boolValue: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    public var bytesValue: [UInt8]? {
        if case .bytes(let value) = self { value } else { nil }
    }

    public var listValue: [Value]? {
        if case .list(let value) = self { value } else { nil }
    }

    public var mapValue: [Member]? {
        if case .map(let value) = self { value } else { nil }
    }

    public var isNull: Bool {
        if case .null = self { true } else { false }
    }
}

// No `ExpressibleByNilLiteral`: in `condition ? nil : value` it would turn the absence of a value into `.null`.
extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: Value...) { self = .list(elements) }
    public init(dictionaryLiteral elements: (String, Value)...) { self = .map(elements.map { Member($0.0, $0.1) }) }
}

extension Hasher {
    /// Hashes the UTF-8 bytes, so that canonically equivalent strings stay apart.
    fileprivate mutating func combine(bytesOf text: String) {
        for byte in text.utf8 { combine(byte) }
        combine(0xFF as UInt8)
    }
}
