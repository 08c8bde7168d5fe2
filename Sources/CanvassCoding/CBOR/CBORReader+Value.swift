extension CBORReader {
    /// The next item. What `Value` has no case for (tags, other simple values, integers outside Int64, maps with keys
    /// that are not texts) becomes `.foreign` with its bytes as they came.
    package mutating func value() throws(CodingError) -> Value {
        try value(depth: 0)
    }

    /// The bytes of the next item, held to the same rules as `value()`.
    package mutating func rawItem() throws(CodingError) -> [UInt8] {
        let start = offset
        try skip()
        return Array(input[start..<offset])
    }

    /// Passes over the next item, held to the same rules as `value()`.
    package mutating func skip() throws(CodingError) {
        try skip(depth: 0)
    }

    private mutating func value(depth: Int) throws(CodingError) -> Value {
        let start = offset
        let head = try head()
        switch head.major {
        case CBOR.MajorType.unsigned, CBOR.MajorType.negative:
            return head.integer.map { .integer($0) } ?? .foreign(Array(input[start..<offset]))
        case CBOR.MajorType.bytes:
            return .bytes(Array(input[try content(of: head)]))
        case CBOR.MajorType.text:
            return .text(try text(of: head))
        case CBOR.MajorType.array:
            return .list(try list(head, depth: depth))
        case CBOR.MajorType.map:
            if let members = try textKeyedMembers(head, depth: depth) { return .map(members) }
            return try foreign(from: start, depth: depth)
        case CBOR.MajorType.tag:
            return try foreign(from: start, depth: depth)
        default:
            if head.isFloat { return .number(try float(of: head)) }
            switch input[start] {
            case 0xF4: return .bool(false)
            case 0xF5: return .bool(true)
            case 0xF6: return .null
            default: return .foreign(Array(input[start..<offset]))
            }
        }
    }

    private mutating func foreign(from start: Int, depth: Int) throws(CodingError) -> Value {
        offset = start
        try skip(depth: depth)
        return .foreign(Array(input[start..<offset]))
    }

    private mutating func list(_ head: Head, depth: Int) throws(CodingError) -> [Value] {
        try checkDepth(depth, at: head.start)
        let count = try count(of: head, bytesPerElement: 1)
        var values: [Value] = []
        values.reserveCapacity(Self.reservation(count))
        for _ in 0..<count { values.append(try value(depth: depth + 1)) }
        return values
    }

    /// The members of a map, or nil as soon as a key is not a text.
    private mutating func textKeyedMembers(_ head: Head, depth: Int) throws(CodingError) -> [Value.Member]? {
        try checkDepth(depth, at: head.start)
        let count = try count(of: head, bytesPerElement: 2)
        var members: [Value.Member] = []
        members.reserveCapacity(Self.reservation(count))
        var previous: Range<Int>?
        for _ in 0..<count {
            guard try peekMajorType() == CBOR.MajorType.text else { return nil }
            let start = offset
            let key = try text()
            try checkOrder(of: start..<offset, after: previous)
            previous = start..<offset
            members.append(Value.Member(key, try value(depth: depth + 1)))
        }
        return members
    }

    private mutating func skip(depth: Int) throws(CodingError) {
        let head = try head()
        switch head.major {
        case CBOR.MajorType.unsigned, CBOR.MajorType.negative:
            return
        case CBOR.MajorType.bytes:
            _ = try content(of: head)
        case CBOR.MajorType.text:
            let range = try content(of: head)
            if UTF8Validation.firstInvalid(in: input, range) != nil { throw invalidUTF8(in: range) }
        case CBOR.MajorType.array:
            try checkDepth(depth, at: head.start)
            for _ in 0..<(try count(of: head, bytesPerElement: 1)) { try skip(depth: depth + 1) }
        case CBOR.MajorType.map:
            try skipMap(head, depth: depth)
        case CBOR.MajorType.tag:
            try checkDepth(depth, at: head.start)
            if head.argument == 2 || head.argument == 3 { try checkBignum() }
            try skip(depth: depth + 1)
        default:
            if head.isFloat { _ = try float(of: head) }
        }
    }

    private mutating func skipMap(_ head: Head, depth: Int) throws(CodingError) {
        try checkDepth(depth, at: head.start)
        var previous: Range<Int>?
        for _ in 0..<(try count(of: head, bytesPerElement: 2)) {
            let start = offset
            try skip(depth: depth + 1)
            try checkOrder(of: start..<offset, after: previous)
            previous = start..<offset
            try skip(depth: depth + 1)
        }
    }

    private func checkDepth(_ depth: Int, at start: Int) throws(CodingError) {
        guard depth < maximumDepth else { throw error("nested deeper than \(maximumDepth)", at: start) }
    }

    private func checkOrder(of key: Range<Int>, after previous: Range<Int>?) throws(CodingError) {
        guard let previous else { return }
        let shorter = min(previous.count, key.count)
        var index = 0
        while index < shorter, input[previous.lowerBound + index] == input[key.lowerBound + index] { index += 1 }
        // No encoded item is the beginning of another one, so where one ends they are the same.
        guard index < shorter else { throw error("duplicate map key", at: key.lowerBound) }
        guard input[previous.lowerBound + index] < input[key.lowerBound + index] else {
            throw error("map keys are not sorted", at: key.lowerBound)
        }
    }

    /// A bignum has no leading zeros and is used only for what an integer cannot hold (RFC 8949, section 3.4.3).
    private func checkBignum() throws(CodingError) {
        var content = self
        let head = try content.head()
        guard head.major == CBOR.MajorType.bytes else { return }
        let range = try content.content(of: head)
        guard range.count > 8, input[range.lowerBound] != 0 else {
            throw error("a bignum that is not in its shortest form", at: head.start)
        }
    }

    /// Room for announced elements, capped: nested announcements must not multiply what a short input reserves.
    private static func reservation(_ count: Int) -> Int { min(count, 256) }
}
