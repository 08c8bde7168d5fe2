import CanvassCRDT
import CanvassCoding

/// The values of one field over many changes, in whichever of five forms suits them.
enum ValueColumn {
    private enum Form: UInt8 {
        /// Integers, each as it is.
        case integers = 0
        /// Integers, each as the difference to the one before.
        case differences = 1
        /// Texts as indexes into a dictionary, which stands first.
        case dictionary = 2
        /// Texts, each a block.
        case texts = 3
        /// Any values, each a block of CBOR.
        case values = 4
    }

    static func encode(_ values: [Value], to writer: inout ByteStreamWriter) {
        let integers = values.compactMap(\.integerValue)
        if integers.count == values.count {
            encode(integers, to: &writer)
            return
        }
        let texts = values.compactMap(\.textValue)
        if texts.count == values.count {
            encode(texts.map { Array($0.utf8) }, to: &writer)
            return
        }
        writer.raw([Form.values.rawValue])
        for value in values { writer.block(CBOR.encode(value)) }
    }

    private static func encode(_ integers: [Int64], to writer: inout ByteStreamWriter) {
        var plain = ByteStreamWriter()
        var differences = ByteStreamWriter()
        var last: Int64 = 0
        for integer in integers {
            plain.signed(integer)
            differences.signed(integer &- last)
            last = integer
        }
        let isShorter = differences.bytes.count < plain.bytes.count
        writer.raw([(isShorter ? Form.differences : Form.integers).rawValue])
        writer.raw(isShorter ? differences.bytes : plain.bytes)
    }

    private static func encode(_ texts: [[UInt8]], to writer: inout ByteStreamWriter) {
        var indexes: [[UInt8]: Int] = [:]
        var words: [[UInt8]] = []
        var references: [Int] = []
        for text in texts {
            if let index = indexes[text] {
                references.append(index)
            } else {
                indexes[text] = words.count
                references.append(words.count)
                words.append(text)
            }
        }
        guard words.count <= texts.count / 2 else {
            writer.raw([Form.texts.rawValue])
            for text in texts { writer.block(text) }
            return
        }
        writer.raw([Form.dictionary.rawValue])
        writer.count(words.count)
        for word in words { writer.block(word) }
        for reference in references { writer.count(reference) }
    }

    static func decode(count: Int, from reader: inout ByteStreamReader) throws(CodingError) -> [Value] {
        guard let tag = try reader.raw(1).first, let form = Form(rawValue: tag) else {
            throw reader.malformed("an unknown form of column")
        }
        guard count <= reader.remaining else { throw reader.malformed("fewer values than the column says") }
        var values: [Value] = []
        values.reserveCapacity(count)
        switch form {
        case .integers:
            for _ in 0..<count { values.append(.integer(try reader.signed())) }
        case .differences:
            var last: Int64 = 0
            for _ in 0..<count {
                last = last &+ (try reader.signed())
                values.append(.integer(last))
            }
        case .dictionary:
            var words: [Value] = []
            for _ in 0..<(try reader.count(atMost: count)) { words.append(try text(from: &reader)) }
            for _ in 0..<count {
                let reference = try reader.count(atMost: words.count)
                guard reference < words.count else { throw reader.malformed("a word is missing") }
                values.append(words[reference])
            }
        case .texts:
            for _ in 0..<count { values.append(try text(from: &reader)) }
        case .values:
            for _ in 0..<count { values.append(try reader.item { reader throws(CodingError) in try reader.value() }) }
        }
        return values
    }

    private static func text(from reader: inout ByteStreamReader) throws(CodingError) -> Value {
        let bytes = try reader.block()
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw reader.malformed("text that is not UTF-8")
        }
        return .text(text)
    }
}
