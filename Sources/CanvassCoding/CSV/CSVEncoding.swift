/// What a CSV file's bytes look like, before anything is read from them: a file in the wrong encoding gives one clear
/// error, instead of one for every row or, worse, garbled names.
enum CSVEncoding {
    /// - Returns: the length of the byte order mark to skip.
    /// - Throws: `CodingError` when the file as a whole is not UTF-8, with what to do about it. Single damaged rows are
    ///   left to the rows.
    static func check(_ bytes: [UInt8]) throws(CodingError) -> Int {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw error("the file is UTF-16; save it as UTF-8", at: 0)
        }
        if let offset = bytes.firstIndex(of: 0) {
            throw error("the file has NUL bytes: it is UTF-16 or no text; save it as UTF-8", at: offset)
        }
        if let offset = firstLatin1Byte(in: bytes) {
            throw error("the file looks like Latin-1 or Windows-1252; save it as UTF-8", at: offset)
        }
        return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// The first byte that is not UTF-8, if the start of the file has several lines with such bytes and none with a
    /// valid sequence: accents in Latin-1 hardly ever form one, and a UTF-8 file with a few damaged rows has others that
    /// are whole.
    private static func firstLatin1Byte(in bytes: [UInt8]) -> Int? {
        var first: Int?
        var invalidLines = 0
        var isCounted = false
        var index = 0
        let end = min(bytes.count, sampleSize)
        while index < end {
            if bytes[index] < 0x80 {
                if bytes[index] == 0x0A || bytes[index] == 0x0D { isCounted = false }
                index += 1
                continue
            }
            let length = UTF8Validation.sequenceLength(in: bytes, at: index, upTo: bytes.count)
            guard length == 0 else { return nil }
            first = first ?? index
            if !isCounted { invalidLines += 1 }
            isCounted = true
            index += 1
        }
        return invalidLines >= fewestLines ? first : nil
    }

    static func canDelimit(_ byte: UInt8) -> Bool {
        byte < 0x80 && byte != UInt8(ascii: "\"") && byte != 0x0A && byte != 0x0D
    }

    /// The one of comma, semicolon and tab that stands most often outside quotes in the header line; the comma in doubt.
    static func delimiter(in bytes: [UInt8], from start: Int) -> UInt8 {
        var counts = (comma: 0, semicolon: 0, tab: 0)
        var isQuoted = false
        var isBlank = true
        scan: for byte in bytes[start...] {
            switch byte {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case 0x0A, 0x0D: if !isQuoted && !isBlank { break scan }
            case UInt8(ascii: ",") where !isQuoted: counts.comma += 1
            case UInt8(ascii: ";") where !isQuoted: counts.semicolon += 1
            case 0x09 where !isQuoted: counts.tab += 1
            default: break
            }
            if byte != 0x0A && byte != 0x0D { isBlank = false }
        }
        if counts.semicolon > max(counts.comma, counts.tab) { return UInt8(ascii: ";") }
        return counts.tab > max(counts.comma, counts.semicolon) ? 0x09 : UInt8(ascii: ",")
    }

    private static let sampleSize = 1 << 20
    private static let fewestLines = 3

    private static func error(_ reason: String, at offset: Int) -> CodingError {
        CodingError(format: "CSV", reason: reason, offset: offset)
    }
}
