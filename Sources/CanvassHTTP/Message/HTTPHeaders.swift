/// Header fields in the order they came or are sent, found by name without regard to case (RFC 9110 section 5).
///
/// All names and values lie in one array of bytes, so that reading a request allocates twice however many fields it has
/// and text is made only of the fields that are asked for. No instance holds a control character in a name or a value.
package struct HTTPHeaders: Sendable {
    /// Where one field lies in `bytes`.
    struct Field: Sendable {
        var name: Range<Int>
        var value: Range<Int>
    }

    private(set) var bytes: [UInt8]
    private(set) var fields: [Field]

    package init() {
        bytes = []
        fields = []
    }

    /// Fields that the parser has validated, as ranges of the header block they came in.
    init(validated fields: [Field], in bytes: [UInt8]) {
        self.bytes = bytes
        self.fields = fields
    }

    package var count: Int { fields.count }
    package var isEmpty: Bool { fields.isEmpty }

    /// The value of the first field called `name`, without the white space around it; nil when there is none.
    package subscript(_ name: String) -> String? {
        firstIndex(of: name).map { bytes.span.extracting(fields[$0].value).text }
    }

    /// The values of all fields called `name`, in order.
    package func values(of name: String) -> [String] {
        fields.indices.filter { isField($0, named: name) }.map { bytes.span.extracting(fields[$0].value).text }
    }

    /// All fields in order.
    package var pairs: [(name: String, value: String)] {
        fields.map { (bytes.span.extracting($0.name).text, bytes.span.extracting($0.value).text) }
    }

    package func contains(_ name: String) -> Bool { firstIndex(of: name) != nil }

    /// Appends a field.
    ///
    /// - Throws: `HTTPHeaderError` when `name` is no token or `value` holds a control character (CR, LF and NUL among
    ///   them), which would let whoever chose the value write headers or a response of their own.
    package mutating func append(_ name: String, _ value: String) throws(HTTPHeaderError) {
        guard !name.isEmpty, name.utf8.allSatisfy(\.isTokenCharacter) else { throw .invalidName(name) }
        guard value.utf8.allSatisfy(\.isFieldValueCharacter) else { throw .invalidValue(name: name) }
        let nameStart = bytes.count
        bytes.append(contentsOf: name.utf8)
        let valueStart = bytes.count
        bytes.append(contentsOf: value.utf8)
        fields.append(Field(name: nameStart..<valueStart, value: valueStart..<bytes.count))
    }

    /// Removes every field called `name` and appends one with `value`.
    ///
    /// - Throws: `HTTPHeaderError`, as `append` does; nothing is changed then.
    package mutating func replace(_ name: String, _ value: String) throws(HTTPHeaderError) {
        var changed = self
        changed.fields = fields.indices.filter { !isField($0, named: name) }.map { fields[$0] }
        try changed.append(name, value)
        self = changed
    }

    /// Appends the fields as they are sent, each with its line end.
    func append(to output: inout [UInt8]) {
        for field in fields {
            output.append(contentsOf: bytes[field.name])
            output.append(": ")
            output.append(contentsOf: bytes[field.value])
            output.append("\r\n")
        }
    }

    private func firstIndex(of name: String) -> Int? {
        fields.indices.first { isField($0, named: name) }
    }

    private func isField(_ index: Int, named name: String) -> Bool {
        bytes.span.extracting(fields[index].name).equalsIgnoringCase(name)
    }
}

extension HTTPHeaders: Equatable {
    /// Equal when they hold the same fields in the same order, names compared without regard to case.
    package static func == (left: HTTPHeaders, right: HTTPHeaders) -> Bool {
        left.fields.elementsEqual(right.fields) { a, b in
            left.bytes[a.value].elementsEqual(right.bytes[b.value])
                && left.bytes[a.name].elementsEqual(right.bytes[b.name]) { $0.lowercased == $1.lowercased }
        }
    }
}

extension HTTPHeaders: ExpressibleByDictionaryLiteral {
    /// Headers known when the program is written; an invalid one is a programmer's mistake and traps.
    package init(dictionaryLiteral elements: (StaticString, StaticString)...) {
        self.init()
        for (name, value) in elements {
            do {
                try append("\(name)", "\(value)")
            } catch {
                preconditionFailure("\(error)")
            }
        }
    }
}

extension Span<UInt8> {
    fileprivate func equalsIgnoringCase(_ name: String) -> Bool {
        let name = name.utf8
        guard count == name.count else { return false }
        var index = 0
        for byte in name {
            if self[index].lowercased != byte.lowercased { return false }
            index += 1
        }
        return true
    }
}
