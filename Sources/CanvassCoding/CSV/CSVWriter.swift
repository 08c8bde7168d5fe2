/// Writes comma-separated values (RFC 4180): CR LF line ends, and quotes where a field needs them.
///
/// In safe mode a cell that a spreadsheet would run as a formula gets a single quote in front, as OWASP advises against
/// CSV injection: one that starts with `=`, `+`, `-`, `@`, tab or CR and is not a plain number. That changes the cell, so
/// turn it off for files that only programs read.
public struct CSVWriter: Sendable {
    public private(set) var bytes: [UInt8] = []
    private let delimiter: UInt8
    private let isSafe: Bool

    /// - Parameter delimiter: an ASCII character other than a quote, CR and LF.
    public init(delimiter: UInt8 = UInt8(ascii: ","), isSafe: Bool = true) {
        precondition(CSVEncoding.canDelimit(delimiter), "not a delimiter: \(delimiter)")
        self.delimiter = delimiter
        self.isSafe = isSafe
    }

    public mutating func row(_ cells: [String]) {
        for index in cells.indices {
            if index > 0 { bytes.append(delimiter) }
            // A lone empty field would be a blank line, which readers skip.
            field(cells[index], isQuoted: cells.count == 1 && cells[index].isEmpty)
        }
        bytes.append(contentsOf: [0x0D, 0x0A])
    }

    /// Hands over what has been written and starts afresh, so that a long table can be stored piece by piece.
    public mutating func takeBytes() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    private mutating func field(_ cell: String, isQuoted: Bool) {
        let utf8 = cell.utf8
        let isFormula = isSafe && CSVWriter.looksLikeFormula(utf8)
        let isQuoted = isQuoted || utf8.contains { $0 == delimiter || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
        if isQuoted { bytes.append(0x22) }
        if isFormula { bytes.append(UInt8(ascii: "'")) }
        if isQuoted {
            for byte in utf8 {
                if byte == 0x22 { bytes.append(0x22) }
                bytes.append(byte)
            }
            bytes.append(0x22)
        } else {
            bytes.append(contentsOf: utf8)
        }
    }

    private static func looksLikeFormula(_ cell: String.UTF8View) -> Bool {
        switch cell.first {
        case UInt8(ascii: "="), UInt8(ascii: "@"), 0x09, 0x0D: true
        case UInt8(ascii: "+"), UInt8(ascii: "-"): !isPlainNumber(cell.dropFirst())
        default: false
        }
    }

    /// digits [. digits] [e [sign] digits], behind the sign
    private static func isPlainNumber(_ digits: Substring.UTF8View) -> Bool {
        var rest = digits
        func passDigits() -> Bool {
            let count = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }.count
            rest = rest.dropFirst(count)
            return count > 0
        }
        guard passDigits() else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard passDigits() else { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard passDigits() else { return false }
        }
        return rest.isEmpty
    }
}
