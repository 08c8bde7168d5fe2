import CanvassSQLite

/// Finds rows of the log in the bytes of a file, where SQLite cannot: one damaged byte in the head of a page hides every
/// row on it.
///
/// A row is looked for at each byte of each page, whatever the page says it is; in the write-ahead log as well. What
/// looks like one is only a candidate: an older copy of a row, or chance. Whoever uses it has to check its hash.
///
/// Source: <https://sqlite.org/fileformat2.html>, sections 1.6 (cells and overflow) and 2.1 (records).
///
/// Head and body of a change may be whole although a byte before them is not, one that says how long they are. So where a
/// cell looks like one of the log but for one byte, every value of each of its first bytes is tried. A record is found even
/// where nothing before it can be read, and known by its place on a chain: see `rows(of:)`.
///
/// The whole file is searched once, at the first question; what is remembered is where candidates lie.
final class LogCarver {
    /// Where something that looks like a row lies.
    private struct Place {
        /// 0 where only the record can be read.
        let position: Int64
        /// Of the page, in the file or in its log.
        let pageStart: Int
        let isInLog: Bool
        /// Of the cell, or where only the record can be read of that, in the page.
        let offset: Int
        /// Nil where a byte of it has to be tried.
        let link: Link?
    }

    /// What a row says of its place on a chain.
    private struct Link {
        let sequence: UInt64
        let check: UInt64
        let previous: UInt64
    }

    /// A change, by what its row says, or the one that follows it.
    struct Key: Hashable {
        let sequence: UInt64
        let check: UInt64
    }

    /// A row with the place where its record begins.
    private struct Cell {
        let row: LogRow
        let recordStart: Int
    }

    /// Kept so that its files stay as long as they may be read.
    private let file: ScratchFile
    private let pages: any DiskFile
    private let log: (any DiskFile)?
    private lazy var places = search()
    /// The indices in `places` of those that say which change they are, and of those that say which one they follow.
    private lazy var changes = index { Key(sequence: $0.sequence, check: $0.check) }
    private lazy var followers = index { Key(sequence: $0.sequence, check: $0.previous) }

    static let pageSize = 4_096
    private static let logHeaderSize = 32
    private static let frameHeaderSize = 24
    /// More than a change may have, with its context beside it.
    private static let maximumRecordSize = 1 << 18
    /// More than a cell has before its values: two numbers, and a head of twelve types.
    private static let maximumHeadSize = 48

    init(_ file: ScratchFile) throws(DoctorError) {
        self.file = file
        pages = try file.opened()
        log = try file.disk.kind(of: file.path + "-wal") == .missing ? nil : file.opened(suffix: "-wal")
    }

    /// Whether there is a write-ahead log: SQLite reads it up to the first damaged frame only.
    var hasLog: Bool { (log?.size ?? 0) > LogCarver.logHeaderSize }

    /// Every candidate with a position from `first` to `last`, by position.
    func rows(from first: Int64, to last: Int64) -> [LogRow] {
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if places[middle].position < first { low = middle + 1 } else { high = middle }
        }
        return places[low...].prefix { $0.position <= last }.flatMap { place in
            let page = page(at: place.pageStart, isInLog: place.isInLog)
            if let cell = cell(in: page, at: place.offset) { return [cell.row] }
            return rows(in: page, at: place.offset, position: place.position)
        }
    }

    /// Every candidate that says that it is a change, whatever position it has; 0 where that cannot be read.
    func rows(of key: Key) -> [LogRow] {
        changes[key, default: []].compactMap { row(at: places[$0]) }
    }

    /// The same of every one that says that it follows a change.
    func rows(sequence: UInt64, after check: UInt64) -> [LogRow] {
        followers[Key(sequence: sequence, check: check), default: []].compactMap { row(at: places[$0]) }
    }

    /// The same of every one that says that it begins a chain.
    func rowsOfBeginnings() -> [LogRow] {
        places.filter { $0.link?.sequence == 1 }.compactMap { row(at: $0) }
    }

    private func index(by key: (Link) -> Key) -> [Key: [Int]] {
        var index: [Key: [Int]] = [:]
        for (number, place) in places.enumerated() {
            if let link = place.link { index[key(link), default: []].append(number) }
        }
        return index
    }

    private func row(at place: Place) -> LogRow? {
        let page = page(at: place.pageStart, isInLog: place.isInLog)
        return place.position == 0
            ? loneRow(in: page, at: place.offset) : cell(in: page, at: place.offset)?.row
    }

    private func search() -> [Place] {
        var places: [Place] = []
        for start in stride(from: 0, to: pages.size, by: LogCarver.pageSize) {
            collect(start, isInLog: false, into: &places)
        }
        let frame = LogCarver.frameHeaderSize + LogCarver.pageSize
        for start in stride(from: LogCarver.logHeaderSize, to: log?.size ?? 0, by: frame) {
            collect(start + LogCarver.frameHeaderSize, isInLog: true, into: &places)
        }
        return places.sorted { $0.position < $1.position }
    }

    private func page(at start: Int, isInLog: Bool) -> [UInt8] {
        (isInLog ? log : pages)?.read(LogCarver.pageSize, at: start) ?? []
    }

    private func collect(_ start: Int, isInLog: Bool, into places: inout [Place]) {
        let page = page(at: start, isInLog: isInLog)
        var recordStarts: Set<Int> = []
        func add(_ position: Int64, at offset: Int, _ row: LogRow?) {
            places.append(
                Place(
                    position: position, pageStart: start, isInLog: isInLog, offset: offset,
                    link: row.map { Link(sequence: $0.sequence, check: $0.check, previous: $0.previous) }))
        }
        for offset in page.indices {
            if let cell = cell(in: page, at: offset) {
                recordStarts.insert(cell.recordStart)
                add(cell.row.position, at: offset, cell.row)
                continue
            }
            for position in LogCarver.positions(ofDamagedCellAt: offset, in: page) { add(position, at: offset, nil) }
            if !recordStarts.contains(offset), let row = loneRow(in: page, at: offset) { add(0, at: offset, row) }
        }
    }

    /// The positions of rows whose cells may begin at a byte, if one of their first bytes is damaged.
    private static func positions(ofDamagedCellAt start: Int, in page: [UInt8]) -> [Int64] {
        (1...3).compactMap { sizeLength in
            guard start + sizeLength < page.count else { return nil }
            var reader = RecordReader(page[(start + sizeLength)...])
            guard let position = reader.varint(), position > 0, reader.looksLikeLog(allowing: 1) else { return nil }
            return position
        }
    }

    /// What a cell may hold in which one byte is damaged: of the size of its record, or of the record's head.
    private func rows(in page: [UInt8], at start: Int, position: Int64) -> [LogRow] {
        var page = page
        var rows: [LogRow] = []
        for offset in start..<min(start + LogCarver.maximumHeadSize, page.count) {
            let damaged = page[offset]
            for byte in UInt8.min...UInt8.max where byte != damaged {
                page[offset] = byte
                if let cell = cell(in: page, at: start), cell.row.position == position { rows.append(cell.row) }
            }
            page[offset] = damaged
        }
        return rows
    }

    /// The row whose cell begins at a byte: the size of its record, its position, the record.
    private func cell(in page: [UInt8], at start: Int) -> Cell? {
        var reader = RecordReader(page[start...])
        guard let size = reader.varint(), size >= 40, size <= LogCarver.maximumRecordSize,
            let position = reader.varint(), position > 0,
            // A record of the log begins with the size of its head and the null that stands for the position.
            let headSize = reader.peek(0), headSize >= 13, headSize < 64, reader.peek(1) == 0
        else { return nil }
        return row(ofSize: Int(size), at: reader.offset, in: page, position: position).map { row in
            Cell(row: row, recordStart: reader.offset)
        }
    }

    /// The row whose record begins at a byte, with position 0.
    private func loneRow(in page: [UInt8], at start: Int) -> LogRow? {
        let reader = RecordReader(page[start...])
        guard reader.looksLikeLog(allowing: 0), let size = reader.recordSize, size <= LogCarver.maximumRecordSize else {
            return nil
        }
        return row(ofSize: size, at: start, in: page, position: 0)
    }

    private func row(ofSize size: Int, at start: Int, in page: [UInt8], position: Int64) -> LogRow? {
        record(size, at: start, in: page).flatMap { RecordReader.values(of: $0) }.flatMap { values in
            LogRow(position: position, record: values)
        }
    }

    private func record(_ size: Int, at start: Int, in page: [UInt8]) -> [UInt8]? {
        let local = LogCarver.localSize(of: size)
        guard start + local <= page.count else { return nil }
        var record = Array(page[start..<(start + local)])
        guard local < size else { return record }
        var link = page[(start + local)...].prefix(4)
        record.reserveCapacity(size)
        while record.count < size {
            guard link.count == 4 else { return nil }
            let number = link.reduce(0) { $0 << 8 | Int($1) }
            guard number > 0 else { return nil }
            let overflow = pages.read(LogCarver.pageSize, at: (number - 1) * LogCarver.pageSize)
            guard overflow.count == LogCarver.pageSize else { return nil }
            record += overflow[4...].prefix(size - record.count)
            link = overflow[..<4]
        }
        return record
    }

    /// How much of a record stands in its cell; the rest is on overflow pages.
    private static func localSize(of size: Int) -> Int {
        let most = pageSize - 35
        guard size > most else { return size }
        let least = (pageSize - 12) * 32 / 255 - 23
        let local = least + (size - least) % (pageSize - 4)
        return local <= most ? local : least
    }
}

/// Reads numbers and records as SQLite writes them.
private struct RecordReader {
    private let bytes: ArraySlice<UInt8>
    private(set) var offset: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        offset = bytes.startIndex
    }

    /// The byte so many places ahead.
    func peek(_ distance: Int) -> UInt8? {
        offset + distance < bytes.endIndex ? bytes[offset + distance] : nil
    }

    /// Whether the head of a record of the log stands here, but for some bytes: its size, no value for the position, five
    /// numbers, a hash of sixteen bytes.
    func looksLikeLog(allowing damaged: Int) -> Bool {
        var different = 0
        for distance in 0..<8 {
            guard let byte = peek(distance) else { return false }
            let isExpected =
                switch distance {
                case 0: (13..<64).contains(byte)
                case 1: byte == 0
                case 7: byte == 44
                default: (1...6).contains(byte) || byte == 8 || byte == 9
                }
            if !isExpected { different += 1 }
            if different > damaged { return false }
        }
        return true
    }

    /// Bytes of the record that begins here, by the types that its head names; nil where that is no head.
    var recordSize: Int? {
        var head = self
        guard let headSize = head.varint(), headSize > 0, headSize <= bytes.endIndex - offset else { return nil }
        var size = Int(headSize)
        while head.offset < offset + Int(headSize) {
            guard let type = head.varint(), let length = RecordReader.length(of: type) else { return nil }
            let (sum, overflows) = size.addingReportingOverflow(length)
            guard !overflows else { return nil }
            size = sum
        }
        return head.offset == offset + Int(headSize) ? size : nil
    }

    /// Bytes of a value of a type.
    private static func length(of type: Int64) -> Int? {
        switch type {
        case 0, 8, 9: 0
        case 1...4: Int(type)
        case 5: 6
        case 6, 7: 8
        case 12...: Int(exactly: (type - 12) / 2)
        default: nil
        }
    }

    /// One to nine bytes, seven bits each but for the ninth.
    mutating func varint() -> Int64? {
        var value: UInt64 = 0
        for index in 0..<9 {
            guard let byte = peek(0) else { return nil }
            offset += 1
            if index == 8 { return Int64(bitPattern: value << 8 | UInt64(byte)) }
            value = value << 7 | UInt64(byte & 0x7f)
            if byte < 0x80 { break }
        }
        return Int64(bitPattern: value)
    }

    /// The values of a record; nil unless it is exactly one.
    static func values(of record: [UInt8]) -> [SQLiteValue]? {
        var head = RecordReader(record[...])
        guard let headSize = head.varint(), headSize > 0, headSize <= record.count else { return nil }
        var body = RecordReader(record[Int(headSize)...])
        var values: [SQLiteValue] = []
        while head.offset < headSize {
            guard let type = head.varint(), let value = body.value(type) else { return nil }
            values.append(value)
        }
        return head.offset == headSize && body.offset == record.count ? values : nil
    }

    private mutating func value(_ type: Int64) -> SQLiteValue? {
        switch type {
        case 0: return .null
        case 1...4: return integer(Int(type))
        case 5: return integer(6)
        case 6: return integer(8)
        case 7: return take(8).map { .real(Double(bitPattern: $0.reduce(0) { $0 << 8 | UInt64($1) })) }
        case 8, 9: return .integer(type - 8)
        case 12...:
            guard let count = Int(exactly: (type - 12) / 2), let bytes = take(count) else { return nil }
            if type.isMultiple(of: 2) { return .blob(Array(bytes)) }
            return String(validating: bytes, as: UTF8.self).map { .text($0) }
        default: return nil
        }
    }

    private mutating func integer(_ count: Int) -> SQLiteValue? {
        guard let bytes = take(count), let first = bytes.first else { return nil }
        let start: Int64 = first < 0x80 ? 0 : -1
        return .integer(bytes.reduce(start) { $0 << 8 | Int64($1) })
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= bytes.endIndex - offset else { return nil }
        defer { offset += count }
        return bytes[offset..<(offset + count)]
    }
}
