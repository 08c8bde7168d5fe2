/// A strict pull parser for the XML that office packages are made of (XML 1.0, fifth edition; Namespaces in XML 1.0).
///
/// Elements, attributes, namespaces, text, CDATA, comments, processing instructions, the five predefined entities and
/// character references. A document type declaration is refused, and with it every other entity: nothing a document
/// says can make it grow. Only UTF-8, as ECMA-376 part 2 (8.1.4) allows beside UTF-16, which no writer uses.
///
/// Invariants:
/// 1. `bytes` are valid UTF-8 and hold only characters that XML allows; `offset` is at the start of a character.
/// 2. `open` holds the elements whose end has not been read; `bindings` their namespace declarations, outermost first.
/// 3. After a thrown error the reader is not used any more.
package struct XMLReader {
    package struct Limits: Sendable {
        package var depth = 64
        package var attributes = 128
        /// Bytes of one run of text or one attribute value.
        package var textBytes = 1 << 20

        package init() {}
    }

    package enum Event: Hashable, Sendable {
        case start(XMLElement)
        case end
        /// A run of text; neighbouring runs are not joined.
        case text(String)
        case endOfDocument
    }

    struct OpenElement {
        /// The tag's name as written, prefix and all: end tags must repeat it.
        let name: Range<Int>
        let bindingCount: Int
    }

    struct Binding {
        let prefix: String
        let namespace: String
    }

    let bytes: [UInt8]
    let limits: Limits
    var offset = 0
    var open: [OpenElement] = []
    var bindings: [Binding] = [Binding(prefix: "xml", namespace: "http://www.w3.org/XML/1998/namespace")]
    private var hasRoot = false
    /// `<a/>` is two events; true between them.
    var isEndPending = false

    /// Elements that are open now.
    package var depth: Int { open.count }

    package init(_ bytes: [UInt8], limits: Limits = Limits()) throws(XMLError) {
        self.bytes = bytes
        self.limits = limits
        try checkCharacters()
        if starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
        if starts(with: "<?xml"), isSpace(peek(5)) { try readDeclaration() }
    }

    /// The next start, end or run of text; comments and processing instructions are passed over.
    package mutating func next() throws(XMLError) -> Event {
        if isEndPending {
            isEndPending = false
            close()
            return .end
        }
        while offset < bytes.count {
            if bytes[offset] != UInt8(ascii: "<") {
                if let text = try readText() { return .text(text) }
            } else if starts(with: "<!--") {
                try skipComment()
            } else if starts(with: "<?") {
                try skipInstruction()
            } else if starts(with: "<![CDATA[") {
                return .text(try readCharacterData())
            } else if starts(with: "<!") {
                throw failure("document type declarations are refused")
            } else if starts(with: "</") {
                try readEndTag()
                return .end
            } else {
                guard !(open.isEmpty && hasRoot) else { throw failure("a second root element") }
                hasRoot = true
                return .start(try readStartTag())
            }
        }
        guard open.isEmpty, hasRoot else { throw failure("the document is cut off") }
        return .endOfDocument
    }
}
