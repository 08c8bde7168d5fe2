/// Reading by descent: each method is called inside an element and knows where that element ends, so that a caller
/// writes one loop for each level of a schema and what it does not know falls away.
extension XMLReader {
    /// The root element.
    package mutating func root() throws(XMLError) -> XMLElement {
        guard case .start(let element) = try next() else { throw failure("the root element is missing") }
        return element
    }

    /// The start of the innermost open element's next child; nil when that element has ended. The caller reads or
    /// skips the child to its end before asking for another.
    package mutating func nextChild() throws(XMLError) -> XMLElement? {
        while true {
            switch try next() {
            case .start(let element): return element
            case .end, .endOfDocument: return nil
            case .text: continue
            }
        }
    }

    /// Reads to the end of the innermost open element.
    package mutating func skip() throws(XMLError) {
        let target = depth - 1
        while depth > target, try next() != .endOfDocument {}
    }

    /// The text of the innermost open element, read to its end; elements in it are passed over.
    package mutating func text() throws(XMLError) -> String {
        var joined = ""
        while true {
            switch try next() {
            case .text(let run):
                guard joined.utf8.count + run.utf8.count <= limits.textBytes else {
                    throw failure("more than \(limits.textBytes) bytes of text in one element")
                }
                joined += run
            case .start: try skip()
            case .end, .endOfDocument: return joined
            }
        }
    }
}
