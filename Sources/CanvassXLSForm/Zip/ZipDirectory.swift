import CanvassCoding

/// Reads the central directory of a zip file and checks it against the local headers.
struct ZipDirectory {
    let bytes: [UInt8]
    let limits: ZipArchive.Limits

    /// Lengths and signatures of the records: APPNOTE 4.3.7, 4.3.9, 4.3.12, 4.3.15 and 4.3.16.
    enum Record {
        static let localSignature: UInt32 = 0x0403_4B50
        static let localLength = 30
        static let descriptorSignature: UInt32 = 0x0807_4B50
        static let centralSignature: UInt32 = 0x0201_4B50
        static let centralLength = 46
        static let zip64LocatorSignature: UInt32 = 0x0706_4B50
        static let zip64LocatorLength = 20
        static let endSignature: UInt32 = 0x0605_4B50
        static let endLength = 22
    }

    /// General purpose bits: APPNOTE 4.4.4.
    enum Flag {
        static let encrypted: UInt16 = 1 << 0
        static let dataDescriptor: UInt16 = 1 << 3
        static let patch: UInt16 = 1 << 5
        static let strongEncryption: UInt16 = 1 << 6
        static let maskedHeaders: UInt16 = 1 << 13
    }

    /// One record of the central directory (APPNOTE 4.3.12).
    struct CentralRecord {
        let offset: Int
        let flags: UInt16
        let method: ZipArchive.Method
        let crc32: UInt32
        let compressedSize: Int
        let size: Int
        let nameBytes: ArraySlice<UInt8>
        let name: String
        let localOffset: Int
    }

    func entries() throws(CodingError) -> [ZipArchive.Entry] {
        let end = try findEnd()
        let records = try centralRecords(end)
        try checkNames(records)
        var entries: [ZipArchive.Entry] = []
        var extents: [(range: Range<Int>, name: String)] = []
        for record in records {
            let (data, extent) = try locate(record, before: end.directory.lowerBound)
            extents.append((extent, record.name))
            // Directories carry no data and mean nothing in a package (ECMA-376 part 2, annex B).
            guard !record.name.hasSuffix("/") else { continue }
            entries.append(
                ZipArchive.Entry(
                    name: record.name, method: record.method, crc32: record.crc32, size: record.size, data: data))
        }
        extents.sort { $0.range.lowerBound < $1.range.lowerBound }
        for (left, right) in zip(extents, extents.dropFirst()) where left.range.upperBound > right.range.lowerBound {
            throw failure("the entries \(left.name) and \(right.name) overlap", at: right.range.lowerBound)
        }
        return entries
    }

    // MARK: End of central directory

    struct End {
        let count: Int
        let directory: Range<Int>
    }

    /// The record whose comment ends where the file ends; searched from the back, since a comment may follow it.
    private func findEnd() throws(CodingError) -> End {
        let last = bytes.count - Record.endLength
        guard last >= 0 else { throw failure("the file is too short to be a zip file", at: bytes.count) }
        let first = max(0, last - Int(UInt16.max))
        for offset in stride(from: last, through: first, by: -1) {
            guard try u32(offset) == Record.endSignature else { continue }
            let commentLength = Int(try u16(offset + 20))
            if offset + Record.endLength + commentLength == bytes.count { return try readEnd(at: offset) }
        }
        throw failure("the end record is missing: the file is cut off or is no zip file", at: bytes.count)
    }

    private func readEnd(at offset: Int) throws(CodingError) -> End {
        let locator = offset - Record.zip64LocatorLength
        if locator >= 0, try u32(locator) == Record.zip64LocatorSignature {
            throw failure("zip64 is not supported", at: locator)
        }
        let disk = try u16(offset + 4)
        let directoryDisk = try u16(offset + 6)
        let countHere = try u16(offset + 8)
        let count = try u16(offset + 10)
        let size = try u32(offset + 12)
        let start = try u32(offset + 16)
        guard count != .max, size != .max, start != .max else { throw failure("zip64 is not supported", at: offset) }
        guard disk == 0, directoryDisk == 0, countHere == count else {
            throw failure("archives in several parts are not supported", at: offset)
        }
        guard Int(count) <= limits.entries else {
            throw failure("\(count) entries, more than the \(limits.entries) that are read", at: offset)
        }
        guard Int(start) + Int(size) == offset else {
            throw failure("the central directory does not end where the end record begins", at: offset)
        }
        return End(count: Int(count), directory: Int(start)..<offset)
    }

    // MARK: Central directory

    private func centralRecords(_ end: End) throws(CodingError) -> [CentralRecord] {
        var records: [CentralRecord] = []
        var offset = end.directory.lowerBound
        var total = 0
        for _ in 0..<end.count {
            let (record, next) = try centralRecord(at: offset, before: end.directory.upperBound)
            guard record.size <= limits.entryBytes else {
                throw failure("\(record.name) is larger than the \(limits.entryBytes) bytes that are read", at: offset)
            }
            total += record.size
            guard total <= limits.totalBytes else {
                throw failure("the entries are larger than the \(limits.totalBytes) bytes that are read", at: offset)
            }
            records.append(record)
            offset = next
        }
        guard offset == end.directory.upperBound else {
            throw failure("the central directory holds more than its \(end.count) entries", at: offset)
        }
        return records
    }

    private func centralRecord(at offset: Int, before limit: Int) throws(CodingError) -> (CentralRecord, next: Int) {
        guard try u32(offset) == Record.centralSignature else {
            throw failure("a record of the central directory is missing", at: offset)
        }
        let nameStart = offset + Record.centralLength
        let nameEnd = nameStart + Int(try u16(offset + 28))
        let next = nameEnd + Int(try u16(offset + 30)) + Int(try u16(offset + 32))
        guard next <= limit else { throw failure("a record leaves the central directory", at: offset) }
        let nameBytes = bytes[nameStart..<nameEnd]
        guard let name = String(validating: nameBytes, as: UTF8.self) else {
            throw failure("an entry's name is not UTF-8", at: nameStart)
        }
        let flags = try u16(offset + 8)
        try checkFlags(flags, name: name, at: offset)
        let rawMethod = try u16(offset + 10)
        guard let method = ZipArchive.Method(rawValue: rawMethod) else {
            throw failure("\(name) is compressed with method \(rawMethod); only deflate is read", at: offset)
        }
        let compressedSize = try u32(offset + 20)
        let size = try u32(offset + 24)
        let localOffset = try u32(offset + 42)
        guard compressedSize != .max, size != .max, localOffset != .max else {
            throw failure("\(name) uses zip64, which is not supported", at: offset)
        }
        guard try u16(offset + 34) == 0 else {
            throw failure("archives in several parts are not supported", at: offset)
        }
        // Made on Unix (4.4.2), with a file type of 'symbolic link' in the external attributes (4.4.15).
        let isUnix = try u16(offset + 4) >> 8 == 3
        if isUnix, try u32(offset + 38) >> 28 == 0xA { throw failure("\(name) is a symbolic link", at: offset) }
        let record = CentralRecord(
            offset: offset, flags: flags, method: method, crc32: try u32(offset + 16),
            compressedSize: Int(compressedSize), size: Int(size), nameBytes: nameBytes, name: name,
            localOffset: Int(localOffset))
        return (record, next)
    }

    private func checkFlags(_ flags: UInt16, name: String, at offset: Int) throws(CodingError) {
        guard flags & (Flag.encrypted | Flag.strongEncryption | Flag.maskedHeaders) == 0 else {
            throw failure("\(name) is encrypted", at: offset)
        }
        guard flags & Flag.patch == 0 else { throw failure("\(name) is patch data", at: offset) }
    }

    /// Names are paths below the root, with `/` between their parts (APPNOTE 4.4.17.1), and no two are equivalent
    /// (ECMA-376 part 2, 6.2.2.3: compared without ASCII case).
    private func checkNames(_ records: [CentralRecord]) throws(CodingError) {
        var seen: Set<[UInt8]> = []
        for record in records {
            var parts = record.nameBytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            if parts.count > 1, parts.last?.isEmpty == true { parts.removeLast() }
            let isSafe = parts.allSatisfy { part in
                !part.isEmpty && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8)
                    && part.allSatisfy {
                        $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: ":")
                    }
            }
            guard isSafe else {
                throw failure("the entry name \(quoted(record.name)) is not a plain relative path", at: record.offset)
            }
            let folded = record.nameBytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
            guard seen.insert(folded).inserted else {
                throw failure("the entry \(quoted(record.name)) is there twice", at: record.offset)
            }
        }
    }

    // MARK: Local headers

    /// Where the data lies, and all that the entry occupies: header, data and descriptor.
    private func locate(
        _ record: CentralRecord, before limit: Int
    ) throws(CodingError) -> (data: Range<Int>, extent: Range<Int>) {
        let offset = record.localOffset
        guard offset + Record.localLength <= limit, try u32(offset) == Record.localSignature else {
            throw failure("\(record.name) has no local header", at: offset)
        }
        let nameStart = offset + Record.localLength
        let nameEnd = nameStart + Int(try u16(offset + 26))
        let dataStart = nameEnd + Int(try u16(offset + 28))
        let dataEnd = dataStart + record.compressedSize
        guard dataEnd <= limit else { throw failure("\(record.name) leaves the archive", at: offset) }
        let hasDescriptor = record.flags & Flag.dataDescriptor != 0
        let declared = [try u32(offset + 14), try u32(offset + 18), try u32(offset + 22)]
        let expected = [record.crc32, UInt32(record.compressedSize), UInt32(record.size)]
        // With a data descriptor the sizes were not known yet and are zero here (4.4.4, bit 3).
        let sizesAgree =
            declared == expected || hasDescriptor && zip(declared, expected).allSatisfy { $0 == 0 || $0 == $1 }
        guard bytes[nameStart..<nameEnd] == record.nameBytes, try u16(offset + 6) == record.flags,
            try u16(offset + 8) == record.method.rawValue, sizesAgree
        else {
            throw failure("the local header of \(record.name) disagrees with the central directory", at: offset)
        }
        guard record.method == .deflated || record.compressedSize == record.size else {
            throw failure("\(record.name) is stored with two different sizes", at: offset)
        }
        let end =
            hasDescriptor ? try endOfDescriptor(at: dataEnd, of: record, expected: expected, before: limit) : dataEnd
        return (dataStart..<dataEnd, offset..<end)
    }

    /// A descriptor repeats CRC-32 and sizes, with or without a signature before them (APPNOTE 4.3.9.3).
    private func endOfDescriptor(
        at offset: Int, of record: CentralRecord, expected: [UInt32], before limit: Int
    ) throws(CodingError) -> Int {
        for skipped in [4, 0] where offset + skipped + 12 <= limit {
            if skipped == 4, try u32(offset) != Record.descriptorSignature { continue }
            let start = offset + skipped
            if [try u32(start), try u32(start + 4), try u32(start + 8)] == expected { return start + 12 }
        }
        throw failure("the data descriptor of \(record.name) disagrees with the central directory", at: offset)
    }

    // MARK: Little-endian numbers

    private func u16(_ offset: Int) throws(CodingError) -> UInt16 {
        guard offset >= 0, offset <= bytes.count - 2 else { throw failure("the file is cut off", at: bytes.count) }
        return UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8
    }

    private func u32(_ offset: Int) throws(CodingError) -> UInt32 {
        UInt32(try u16(offset)) | UInt32(try u16(offset + 2)) << 16
    }

    private func failure(_ reason: String, at offset: Int) -> CodingError {
        CodingError(format: "zip", reason: reason, offset: offset)
    }
}
