/// A recursive descent parser over the grammar of RFC 8259.
struct JSONReader {
    let input: [UInt8]
    var offset = 0

    init(_ input: [UInt8]) {
        self.input = input
    }

    mutating func document() throws(CodingError) -> Value {
        skipWhitespace()
        let value = try value(depth: 0)
        skipWhitespace()
        guard offset == input.count else { throw error("unexpected text after the value", at: offset) }
        return value
    }

    private mutating func value(depth: Int) throws(CodingError) -> Value {
        switch try byte("a value") {
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return .list(try list(depth: depth))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: throw error("expected a value", at: offset)
        }
    }

    private mutating func literal(_ name: StaticString, _ value: Value) throws(CodingError) -> Value {
        let end = offset + name.utf8CodeUnitCount
        let matches =
            end <= input.count
            && name.withUTF8Buffer { buffer in buffer.elementsEqual(input[offset..<end]) }
        guard matches else { throw error("expected \(name)", at: offset) }
        offset = end
        return value
    }

    private mutating func list(depth: Int) throws(CodingError) -> [Value] {
        try checkDepth(depth)
        var values: [Value] = []
        offset += 1
        skipWhitespace()
        guard try byte("an element or ]") != UInt8(ascii: "]") else {
            offset += 1
            return []
        }
        while true {
            values.append(try value(depth: depth + 1))
            guard try goesOn(until: UInt8(ascii: "]"), "expected , or ]") else { return values }
        }
    }

    private mutating func object(depth: Int) throws(CodingError) -> Value {
        try checkDepth(depth)
        let start = offset
        var members: [Value.Member] = []
        var keys = KeySet()
        var reserved: String?
        offset += 1
        skipWhitespace()
        guard try byte("a key or }") != UInt8(ascii: "}") else {
            offset += 1
            return .map([])
        }
        repeat {
            let keyStart = offset
            var key = try memberKey()
            if JSON.isReserved(key) {
                if key.utf8.dropFirst().first == UInt8(ascii: "$") { key.removeFirst() } else { reserved = key }
            }
            guard keys.insert(key, into: members) else { throw error("duplicate key \"\(key)\"", at: keyStart) }
            members.append(Value.Member(key, try value(depth: depth + 1)))
        } while try goesOn(until: UInt8(ascii: "}"), "expected , or }")
        guard let reserved else { return .map(members) }
        return try special(reserved, members, at: start)
    }

    private mutating func memberKey() throws(CodingError) -> String {
        guard try byte("a key") == UInt8(ascii: "\"") else { throw error("expected a key in quotes", at: offset) }
        let key = try string()
        skipWhitespace()
        guard try byte("a colon") == UInt8(ascii: ":") else { throw error("expected a colon", at: offset) }
        offset += 1
        skipWhitespace()
        return key
    }

    /// The bytes or the foreign item that an object of one reserved key stands for.
    private func special(_ key: String, _ members: [Value.Member], at start: Int) throws(CodingError) -> Value {
        guard members.count == 1, case .text(let text)? = members.first?.value else {
            throw error("\"\(key)\" stands alone in its object, with a text", at: start)
        }
        do {
            let bytes = try Base64URL.decode(text)
            return key == JSON.bytesKey ? .bytes(bytes) : try CBOR.decode(bytes)
        } catch let cause {
            throw error("in \"\(key)\": \(cause)", at: start)
        }
    }

    /// After an element: true past a comma, false past the closing bracket.
    private mutating func goesOn(until closing: UInt8, _ expectation: String) throws(CodingError) -> Bool {
        skipWhitespace()
        guard offset < input.count, input[offset] == closing || input[offset] == UInt8(ascii: ",") else {
            throw error(expectation, at: offset)
        }
        let goesOn = input[offset] != closing
        offset += 1
        if goesOn { skipWhitespace() }
        return goesOn
    }

    private func checkDepth(_ depth: Int) throws(CodingError) {
        guard depth < JSON.maximumDepth else { throw error("nested deeper than \(JSON.maximumDepth)", at: offset) }
    }

    private mutating func skipWhitespace() {
        while offset < input.count {
            switch input[offset] {
            case 0x20, 0x0A, 0x0D, 0x09: offset += 1
            default: return
            }
        }
    }

    /// The next byte, which stays unread.
    private func byte(_ expectation: StaticString) throws(CodingError) -> UInt8 {
        guard offset < input.count else { throw error("the text ends where \(expectation) should be", at: offset) }
        return input[offset]
    }

    func error(_ reason: String, at offset: Int) -> CodingError {
        CodingError(format: "JSON", reason: reason, offset: offset)
    }
}

/// The keys of one object so far, told apart by their bytes. Few keys are compared one by one; of many the hashes go into
/// a table first, so that an object with a hundred thousand keys does not take a hundred thousand times as long.
private struct KeySet {
    private var hashes: Set<UInt64> = []

    /// Whether `key` is none of the keys of `members`, which it joins next.
    mutating func insert(_ key: String, into members: [Value.Member]) -> Bool {
        if members.count >= 12 {
            if hashes.isEmpty {
                hashes.reserveCapacity(64)
                for member in members { hashes.insert(KeySet.hash(member.key)) }
            }
            if hashes.insert(KeySet.hash(key)).inserted { return true }
        }
        return !members.contains { $0.key.hasSameBytes(as: key) }
    }

    private static func hash(_ key: String) -> UInt64 {
        var key = key
        return key.withUTF8 { SipHash.hash(UnsafeRawBufferPointer($0)) }
    }
}
