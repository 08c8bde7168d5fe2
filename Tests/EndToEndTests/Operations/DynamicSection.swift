import Foundation

/// The libraries that a 64-bit ELF program asks the dynamic linker for (System V ABI, chapter 5).
struct DynamicSection {
    struct Unreadable: Error {
        let what: String
    }

    /// The names of the DT_NEEDED entries.
    let needed: [String]

    init(of program: URL) throws {
        let bytes = try Data(contentsOf: program, options: .alwaysMapped)
        guard bytes.count > 64, bytes.prefix(6).elementsEqual([0x7F, 0x45, 0x4C, 0x46, 2, 1]) else {
            throw Unreadable(what: "\(program.path) is no 64-bit little-endian ELF file")
        }
        func number(_ offset: Int, _ size: Int) throws -> Int {
            guard offset >= 0, offset + size <= bytes.count else { throw Unreadable(what: "cut at \(offset)") }
            return bytes[offset..<(offset + size)].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        let (headers, size, count) = (try number(32, 8), try number(54, 2), try number(56, 2))
        let segments = try (0..<count).map { index in
            let start = headers + index * size
            return Segment(
                type: try number(start, 4), offset: try number(start + 8, 8), address: try number(start + 16, 8),
                size: try number(start + 32, 8))
        }
        guard let dynamic = segments.first(where: { $0.type == Segment.dynamic }) else {
            needed = []
            return
        }
        var entries: [(tag: Int, value: Int)] = []
        for start in stride(from: dynamic.offset, to: dynamic.offset + dynamic.size, by: 16) {
            entries.append((try number(start, 8), try number(start + 8, 8)))
            if entries.last?.tag == 0 { break }
        }
        guard let table = entries.first(where: { $0.tag == Segment.stringTable })?.value,
            let holder = segments.first(where: {
                $0.type == Segment.load && ($0.address..<($0.address + $0.size)).contains(table)
            })
        else { throw Unreadable(what: "no table of names") }
        needed = entries.filter { $0.tag == Segment.neededLibrary }.map { entry in
            let start = holder.offset + table - holder.address + entry.value
            return String(decoding: bytes[start...].prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    private struct Segment {
        static let load = 1
        static let dynamic = 2
        static let neededLibrary = 1
        static let stringTable = 5

        let type: Int
        let offset: Int
        let address: Int
        let size: Int
    }
}
