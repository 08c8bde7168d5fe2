/// The cursor under `CSVReader`: takes one record at a time apart.
///
/// 1. `offset` is at the start of a record between calls, and `line` is the line it is on.
/// 2. After an error the offset is at the start of a later line, so that reading goes on and ends.
/// 3. A quote that is never closed gives up its own line only. Reading the rest again stays linear: behind such a quote
///    all runs of quotes are even, so each field that starts with one is closed within its own run.
struct CSVScanner: Sendable {
    /// One field as it stands in the input.
    private struct Field {
        var range: Range<Int>
        /// Quotes inside are written twice.
        var hasEscapes = false
    }

    private let input: [UInt8]
    private let delimiter: UInt8
    private(set) var offset: Int
    private(set) var line = 1

    init(_ input: [UInt8], from offset: Int, delimiter: UInt8) {
        self.input = input
        self.delimiter = delimiter
        self.offset = offset
    }

    var isAtEnd: Bool { offset == input.count }

    mutating func skipBlankLines() {
        while !isAtEnd, isLineEnd(input[offset]) { passLineEnd() }
    }

    /// The fields of the record that starts here.
    ///
    /// - Parameter count: how many fields there have to be; for the header, may be at most.
    mutating func record(expecting count: Int, isHeader: Bool) throws(CSVRowError) -> [String] {
        let start = (offset: offset, line: line)
        var fields: [String] = []
        if !isHeader { fields.reserveCapacity(count) }
        var found = 0
        // Damage inside a field does not hide where the field ends: it is reported once the record is passed over.
        var damage: CSVRowError?
        repeat {
            let field = try field()
            found += 1
            guard damage == nil, found <= count else { continue }
            do {
                fields.append(try text(of: field, in: start))
            } catch {
                damage = error
            }
        } while passDelimiter()
        if !isAtEnd { passLineEnd() }
        if let damage { throw damage }
        if found > count { throw CSVRowError(reason: .tooManyFields(expected: count, found: found), line: start.line) }
        if found < count, !isHeader {
            throw CSVRowError(reason: .tooFewFields(expected: count, found: found), line: start.line)
        }
        return fields
    }

    private func text(of field: Field, in record: (offset: Int, line: Int)) throws(CSVRowError) -> String {
        guard field.range.count <= Self.maximumFieldSize else {
            throw CSVRowError(reason: .fieldTooLong(limit: Self.maximumFieldSize), line: record.line)
        }
        let text = input.withUnsafeBufferPointer { String(validating: $0[field.range], as: UTF8.self) }
        guard let text else {
            let invalid = UTF8Validation.firstInvalid(in: input, field.range) ?? field.range.lowerBound
            throw CSVRowError(reason: .invalidUTF8(offset: invalid - record.offset), line: record.line)
        }
        guard field.hasEscapes else { return text }
        var unescaped: [UInt8] = []
        unescaped.reserveCapacity(field.range.count)
        var index = field.range.lowerBound
        while index < field.range.upperBound {
            unescaped.append(input[index])
            index += input[index] == Self.quote ? 2 : 1
        }
        return String(decoding: unescaped, as: UTF8.self)
    }

    /// Passes over one field, up to the delimiter or line end behind it.
    private mutating func field() throws(CSVRowError) -> Field {
        if !isAtEnd, input[offset] == Self.quote { return try quotedField() }
        let start = offset
        while !isAtEnd, input[offset] != delimiter, !isLineEnd(input[offset]) { offset += 1 }
        return Field(range: start..<offset)
    }

    private mutating func quotedField() throws(CSVRowError) -> Field {
        let opening = (offset: offset, line: line)
        var field = Field(range: offset + 1..<offset + 1)
        offset += 1
        while !isAtEnd {
            let byte = input[offset]
            if isLineEnd(byte) {
                passLineEnd()
                continue
            }
            offset += 1
            guard byte == Self.quote else { continue }
            if !isAtEnd, input[offset] == Self.quote {
                field.hasEscapes = true
                offset += 1
                continue
            }
            field.range = field.range.lowerBound..<offset - 1
            guard isAtEnd || input[offset] == delimiter || isLineEnd(input[offset]) else {
                let error = CSVRowError(reason: .textAfterClosingQuote, line: line)
                skipLine()
                throw error
            }
            return field
        }
        (offset, line) = opening
        skipLine()
        throw CSVRowError(reason: .unterminatedQuote, line: opening.line)
    }

    private mutating func passDelimiter() -> Bool {
        guard !isAtEnd, input[offset] == delimiter else { return false }
        offset += 1
        return true
    }

    /// Passes over the LF, CR LF or CR that is the next byte.
    private mutating func passLineEnd() {
        let isPair = input[offset] == 0x0D && offset + 1 < input.count && input[offset + 1] == 0x0A
        offset += isPair ? 2 : 1
        line += 1
    }

    private mutating func skipLine() {
        while !isAtEnd, !isLineEnd(input[offset]) { offset += 1 }
        if !isAtEnd { passLineEnd() }
    }

    private func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    private static let quote = UInt8(ascii: "\"")
    /// In bytes, as they stand in the file.
    static let maximumFieldSize = 1 << 20
}
