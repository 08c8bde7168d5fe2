/// Appends a value as JSON text.
struct JSONWriter {
    private(set) var bytes: [UInt8]
    private let isPretty: Bool
    private var indentation = 0

    init(bytes: [UInt8], isPretty: Bool) {
        self.bytes = bytes
        self.isPretty = isPretty
    }

    mutating func value(_ value: Value) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .integer(let value): append(value.description)
        case .number(let value): number(value)
        case .text(let value): text(value)
        case .bytes(let value): binary(value, key: JSON.bytesKey)
        case .foreign(let value): binary(value, key: JSON.foreignKey)
        case .list(let values): list(values)
        case .map(let members): map(members)
        }
    }

    /// Swift's description of a double has the fewest digits that read back alike, and is JSON's grammar too.
    private mutating func number(_ number: Double) {
        switch Value(number) {
        case .integer(let whole): append(whole.description)
        case .number(let fraction): append(fraction.description)
        default: append("null")
        }
    }

    /// Escapes the quote, the backslash and the control characters, as RFC 8259, section 7 demands, and nothing else.
    private mutating func text(_ text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { utf8 in
            var start = 0
            for index in utf8.indices {
                let byte = utf8[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                bytes.append(contentsOf: utf8[start..<index])
                escape(byte)
                start = index + 1
            }
            bytes.append(contentsOf: utf8[start...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case 0x08: append("\\b")
        case 0x09: append("\\t")
        case 0x0A: append("\\n")
        case 0x0C: append("\\f")
        case 0x0D: append("\\r")
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        default:
            append("\\u00")
            append(byte < 0x10 ? "0" : "")
            append(String(byte, radix: 16))
        }
    }

    private mutating func binary(_ content: [UInt8], key: String) {
        opening("{", isEmpty: false)
        memberKey(key)
        bytes.append(UInt8(ascii: "\""))
        Base64URL.encode(content, into: &bytes)
        bytes.append(UInt8(ascii: "\""))
        closing("}", isEmpty: false)
    }

    private mutating func list(_ values: [Value]) {
        opening("[", isEmpty: values.isEmpty)
        for index in values.indices {
            if index > 0 { separator() }
            value(values[index])
        }
        closing("]", isEmpty: values.isEmpty)
    }

    private mutating func map(_ members: [Value.Member]) {
        opening("{", isEmpty: members.isEmpty)
        for index in members.indices {
            if index > 0 { separator() }
            let key = members[index].key
            memberKey(JSON.isReserved(key) ? "$" + key : key)
            value(members[index].value)
        }
        closing("}", isEmpty: members.isEmpty)
    }

    private mutating func memberKey(_ key: String) {
        text(key)
        append(isPretty ? ": " : ":")
    }

    private mutating func opening(_ bracket: String, isEmpty: Bool) {
        append(bracket)
        indentation += 1
        if !isEmpty { lineBreak() }
    }

    private mutating func closing(_ bracket: String, isEmpty: Bool) {
        indentation -= 1
        if !isEmpty { lineBreak() }
        append(bracket)
    }

    private mutating func separator() {
        append(",")
        lineBreak()
    }

    private mutating func lineBreak() {
        guard isPretty else { return }
        append("\n")
        for _ in 0..<indentation { append("  ") }
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }
}
