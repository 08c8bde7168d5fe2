/// Tags, text and what stands between them.
extension XMLReader {
    // MARK: Tags

    /// Called at "<": §3.1.
    mutating func readStartTag() throws(XMLError) -> XMLElement {
        guard depth < limits.depth else { throw failure("elements are nested deeper than \(limits.depth)") }
        offset += 1
        let nameStart = offset
        let (prefix, local) = try readQualifiedName()
        open.append(OpenElement(name: nameStart..<offset, bindingCount: bindings.count))
        let attributes = try readAttributes()
        isEndPending = peek() == UInt8(ascii: "/")
        if isEndPending { offset += 1 }
        try expect(UInt8(ascii: ">"))
        return XMLElement(
            namespace: try resolve(prefix, default: true), local: local, attributes: try resolve(attributes))
    }

    /// Called at "</".
    mutating func readEndTag() throws(XMLError) {
        let start = offset
        offset += 2
        let nameStart = offset
        _ = try readQualifiedName()
        guard let element = open.last, bytes[element.name] == bytes[nameStart..<offset] else {
            throw failure("an end tag without its start tag", at: start)
        }
        skipSpace()
        try expect(UInt8(ascii: ">"))
        close()
    }

    mutating func close() {
        if let element = open.popLast() { bindings.removeLast(bindings.count - element.bindingCount) }
    }

    private mutating func readQualifiedName() throws(XMLError) -> (prefix: String, local: String) {
        let first = try readName()
        guard peek() == UInt8(ascii: ":") else { return ("", first) }
        offset += 1
        return (first, try readName())
    }

    private mutating func readName() throws(XMLError) -> String {
        let start = offset
        while isNameByte(peek()) { offset += 1 }
        let name = String(decoding: bytes[start..<offset], as: UTF8.self)
        guard XMLName.isValid(name) else { throw failure("a name is missing or not valid", at: start) }
        return name
    }

    /// ASCII name characters, and every byte of a longer character, which `XMLName` then judges.
    private func isNameByte(_ byte: UInt8) -> Bool {
        byte >= 0x80 || XMLName.isPart(Unicode.Scalar(byte))
    }

    // MARK: Attributes

    private struct RawAttribute {
        let prefix: String
        let local: String
        let value: String
        let offset: Int
    }

    /// The attributes as written; namespace declarations among them become bindings.
    private mutating func readAttributes() throws(XMLError) -> [RawAttribute] {
        var attributes: [RawAttribute] = []
        var count = 0
        while skipSpace(), ![UInt8(ascii: ">"), UInt8(ascii: "/"), UInt8(ascii: "?")].contains(peek()) {
            count += 1
            guard count <= limits.attributes else {
                throw failure("more than \(limits.attributes) attributes on one element")
            }
            let start = offset
            let (prefix, local) = try readQualifiedName()
            skipSpace()
            try expect(UInt8(ascii: "="))
            skipSpace()
            let value = try readAttributeValue()
            if prefix == "xmlns" {
                try bind(local, to: value, at: start)
            } else if prefix.isEmpty, local == "xmlns" {
                try bind("", to: value, at: start)
            } else {
                attributes.append(RawAttribute(prefix: prefix, local: local, value: value, offset: start))
            }
        }
        return attributes
    }

    private mutating func bind(_ prefix: String, to namespace: String, at place: Int) throws(XMLError) {
        guard prefix != "xmlns", prefix != "xml", prefix.isEmpty || !namespace.isEmpty else {
            throw failure("the namespace prefix \(quoted(prefix)) cannot be declared so", at: place)
        }
        let firstOfElement = open.last?.bindingCount ?? 0
        guard !bindings[firstOfElement...].contains(where: { $0.prefix == prefix }) else {
            throw failure("a namespace is declared twice on one element", at: place)
        }
        bindings.append(Binding(prefix: prefix, namespace: namespace))
    }

    private func resolve(_ attributes: [RawAttribute]) throws(XMLError) -> [XMLElement.Attribute] {
        var resolved: [XMLElement.Attribute] = []
        for raw in attributes {
            let namespace = try resolve(raw.prefix, default: false)
            guard !resolved.contains(where: { $0.local == raw.local && $0.namespace == namespace }) else {
                throw failure("the attribute \(raw.local) is there twice", at: raw.offset)
            }
            resolved.append(XMLElement.Attribute(namespace: namespace, local: raw.local, value: raw.value))
        }
        return resolved
    }

    /// The namespace of a prefix; the default namespace holds for elements only (Namespaces §6.2).
    private func resolve(_ prefix: String, default usesDefault: Bool) throws(XMLError) -> String {
        if prefix.isEmpty, !usesDefault { return "" }
        if let binding = bindings.last(where: { $0.prefix == prefix }) { return binding.namespace }
        guard prefix.isEmpty else { throw failure("the namespace prefix \(quoted(prefix)) is not declared") }
        return ""
    }

    /// A quoted value, white space in it normalised to blanks (§3.3.3).
    private mutating func readAttributeValue() throws(XMLError) -> String {
        let quote = peek()
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            throw failure("an attribute's value is not in quotes")
        }
        offset += 1
        let start = offset
        var value: [UInt8] = []
        while offset < bytes.count, bytes[offset] != quote {
            let byte = bytes[offset]
            guard byte != UInt8(ascii: "<") else { throw failure("\"<\" in an attribute's value") }
            guard offset - start <= limits.textBytes else { throw failure("an attribute's value is too long") }
            if byte == UInt8(ascii: "&") {
                value.append(contentsOf: UTF8.encode(try readReference()) ?? UTF8.encodedReplacementCharacter)
                continue
            }
            // A line end written CR LF is one character (§2.11).
            if byte == 0x0D, peek(1) == 0x0A { offset += 1 }
            value.append(isSpace(byte) ? 0x20 : byte)
            offset += 1
        }
        try expect(quote)
        return String(decoding: value, as: UTF8.self)
    }

    // MARK: Text

    /// Text up to the next markup; nil for white space outside the root element, which means nothing.
    mutating func readText() throws(XMLError) -> String? {
        let start = offset
        if open.isEmpty {
            skipSpace()
            guard offset > start else { throw failure("text outside the root element") }
            return nil
        }
        var text: [UInt8] = []
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "<") {
            guard offset - start <= limits.textBytes else {
                throw failure("more than \(limits.textBytes) bytes of text in one element")
            }
            let byte = bytes[offset]
            if byte == UInt8(ascii: "&") {
                text.append(contentsOf: UTF8.encode(try readReference()) ?? UTF8.encodedReplacementCharacter)
                continue
            }
            if byte == UInt8(ascii: "]"), starts(with: "]]>") { throw failure("\"]]>\" in text") }
            try appendNormalised(byte, to: &text)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Called at "<![CDATA[": §2.7.
    mutating func readCharacterData() throws(XMLError) -> String {
        guard !open.isEmpty else { throw failure("text outside the root element") }
        offset += 9
        let range = try readThrough("]]>", of: "a CDATA section")
        guard range.count <= limits.textBytes else {
            throw failure("more than \(limits.textBytes) bytes of text in one element", at: range.lowerBound)
        }
        var text: [UInt8] = []
        for index in range where !(bytes[index] == 0x0D && bytes[index + 1] == 0x0A) {
            text.append(bytes[index] == 0x0D ? 0x0A : bytes[index])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Every line end, written LF, CR or CR LF, is one LF (§2.11).
    private mutating func appendNormalised(_ byte: UInt8, to text: inout [UInt8]) throws(XMLError) {
        if byte == 0x0D, peek(1) == 0x0A { offset += 1 }
        text.append(byte == 0x0D ? 0x0A : byte)
        offset += 1
    }

    // MARK: Comments, instructions, declaration

    /// Called at "<!--": §2.5.
    mutating func skipComment() throws(XMLError) {
        offset += 4
        _ = try readThrough("--", of: "a comment")
        guard peek() == UInt8(ascii: ">") else { throw failure("\"--\" in a comment") }
        offset += 1
    }

    /// Called at "<?": §2.6.
    mutating func skipInstruction() throws(XMLError) {
        let start = offset
        offset += 2
        let target = try readName()
        guard target.lowercased() != "xml" else {
            throw failure("an XML declaration that is not at the start", at: start)
        }
        _ = try readThrough("?>", of: "a processing instruction")
    }

    /// Called at "<?xml" at the start: §2.8. Anything but UTF-8 (and its subset ASCII) is refused.
    mutating func readDeclaration() throws(XMLError) {
        offset += 5
        let attributes = try readAttributes()
        let known = attributes.map(\.local)
        guard
            [["version"], ["version", "encoding"], ["version", "standalone"], ["version", "encoding", "standalone"]]
                .contains(known), attributes.allSatisfy({ $0.prefix.isEmpty }), attributes[0].value.hasPrefix("1.")
        else {
            throw failure("the XML declaration is not valid")
        }
        if let encoding = attributes.first(where: { $0.local == "encoding" })?.value {
            guard ["utf-8", "utf8", "us-ascii"].contains(encoding.lowercased()) else {
                throw failure("the document is in the encoding \(quoted(encoding)); only UTF-8 is read")
            }
        }
        guard starts(with: "?>") else { throw failure("the XML declaration has no end") }
        offset += 2
    }
}
