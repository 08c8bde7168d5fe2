package import CanvassCoding

/// The entries of a zip file, as far as .xlsx needs them (PKWARE APPNOTE 6.3.10; ECMA-376 part 2, annex B): stored and
/// deflated entries in one file.
///
/// Everything that two readers could understand differently is refused rather than interpreted: a central directory
/// that disagrees with the local headers, entries that overlap or share a name, bytes after the end record. What an
/// archive can make us hold is bounded when it is opened, before anything is inflated.
///
/// Invariants after `init`:
/// 1. `entries` have distinct names, also when compared without case, and no name leaves the archive's root.
/// 2. `data` of every entry lies inside `bytes` and overlaps no other entry's data or headers.
/// 3. No entry is larger than `limits.entryBytes`, and all together no larger than `limits.totalBytes`.
package struct ZipArchive: Sendable {
    /// What an archive may ask of us. The defaults hold a workbook of about a million cells.
    package struct Limits: Sendable {
        package var entries = 1_000
        package var entryBytes = 32 << 20
        package var totalBytes = 64 << 20

        package init(entries: Int = 1_000, entryBytes: Int = 32 << 20, totalBytes: Int = 64 << 20) {
            self.entries = entries
            self.entryBytes = entryBytes
            self.totalBytes = totalBytes
        }
    }

    package enum Method: UInt16, Sendable {
        case stored = 0
        case deflated = 8
    }

    package struct Entry: Sendable {
        package let name: String
        package let method: Method
        package let crc32: UInt32
        /// Bytes after inflating, as the central directory declares them.
        package let size: Int
        /// Where the entry's data lies in the archive, as stored.
        package let data: Range<Int>
    }

    package let entries: [Entry]
    private let bytes: [UInt8]
    private let positions: [String: Int]

    /// Reads and checks the directory; inflates nothing.
    ///
    /// - Throws: `CodingError` of format "zip" with the offset of what is wrong.
    package init(_ bytes: [UInt8], limits: Limits = Limits()) throws(CodingError) {
        let entries = try ZipDirectory(bytes: bytes, limits: limits).entries()
        self.bytes = bytes
        self.entries = entries
        positions = Dictionary(entries.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The bytes of the entry of that name, inflated and checked against its CRC-32; nil where there is none.
    ///
    /// - Throws: `CodingError` where the data is damaged or does not have the declared size.
    package func contents(of name: String) throws(CodingError) -> [UInt8]? {
        guard let position = positions[name] else { return nil }
        let entry = entries[position]
        let contents: [UInt8]
        switch entry.method {
        case .stored:
            contents = Array(bytes[entry.data])
        case .deflated:
            contents = try Deflate.decompress(Array(bytes[entry.data]), maximumBytes: entry.size)
        }
        guard contents.count == entry.size else {
            throw CodingError(
                format: "zip", reason: "\(name) holds \(contents.count) bytes where \(entry.size) are declared",
                offset: entry.data.lowerBound)
        }
        guard Deflate.crc32(contents) == entry.crc32 else {
            throw CodingError(
                format: "zip", reason: "\(name) does not match its CRC-32", offset: entry.data.lowerBound)
        }
        return contents
    }
}
