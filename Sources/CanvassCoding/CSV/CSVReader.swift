/// Reads comma-separated values (RFC 4180) row by row.
///
///     var reader = try CSVReader(bytes)
///     while let row = reader.next() {
///         switch row.result { … }
///     }
///
/// Fields may be quoted, over line breaks too; lines end with LF, CR LF or CR; a byte order mark is skipped; so are lines
/// without a single character. A quote inside a field that does not start with one is an ordinary character. A row that
/// cannot be read is returned with its error, and reading goes on after it.
public struct CSVReader: Sequence, IteratorProtocol, Sendable {
    public let header: [String]
    /// The ASCII character between fields.
    public let delimiter: UInt8

    private var scanner: CSVScanner
    private var rowCount = 0

    /// - Parameter delimiter: an ASCII character other than a quote, CR and LF; nil takes the one of `,`, `;` and tab that is most frequent in the
    ///   header, the comma where none is.
    /// - Throws: `CodingError` when the file is in another encoding than UTF-8, or has no readable header.
    public init(_ bytes: [UInt8], delimiter: UInt8? = nil) throws(CodingError) {
        if let delimiter { precondition(CSVEncoding.canDelimit(delimiter), "not a delimiter: \(delimiter)") }
        let start = try CSVEncoding.check(bytes)
        let detected = delimiter ?? CSVEncoding.delimiter(in: bytes, from: start)
        var scanner = CSVScanner(bytes, from: start, delimiter: detected)
        scanner.skipBlankLines()
        guard !scanner.isAtEnd else {
            throw CodingError(
                format: "CSV", reason: "the file is empty; its first line names the columns", offset: start)
        }
        let headerStart = scanner.offset
        do {
            header = try scanner.record(expecting: CSVReader.maximumColumns, isHeader: true)
        } catch {
            throw CodingError(format: "CSV", reason: "in the header, \(error)", offset: headerStart)
        }
        self.scanner = scanner
        self.delimiter = detected
    }

    /// The next row; nil at the end of the file.
    public mutating func next() -> CSVRow? {
        scanner.skipBlankLines()
        guard !scanner.isAtEnd else { return nil }
        rowCount += 1
        let line = scanner.line
        let result: Result<[String], CSVRowError>
        do {
            result = .success(try scanner.record(expecting: header.count, isHeader: false))
        } catch {
            result = .failure(error)
        }
        return CSVRow(number: rowCount, line: line, result: result)
    }

    /// As many columns as the widest spreadsheets have.
    static let maximumColumns = 16_384
}
