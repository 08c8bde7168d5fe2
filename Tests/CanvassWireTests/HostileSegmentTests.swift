import CanvassCRDT
import CanvassCoding
import CanvassWire
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Segments that nobody honest would send: always a thrown error, never a trap, never more memory than the limits allow.
@Suite struct HostileSegmentTests {
    /// A small segment with a regular, an irregular and a dropped change.
    private func small(codec: Segment.Codec, from first: UInt64 = 1) throws -> Segment {
        let replica = ReplicaID(rawValue: 9)
        var previous = ChainHash.start(scope: .sample, replica: replica)
        var changes: [Change] = []
        let operations: [Operation] = [
            Operation(.put(7), field: "nps"), Operation(.clear, field: "nps"), Operation(.put("x"), field: "why"),
        ]
        for sequence in 1...(first + 2) {
            let head = ChangeHead(
                contextDifference: VersionVector(), stamp: Stamp(milliseconds: 5), author: .sample(2)
            ).encoded
            let edit = EntityEdit(
                kind: "note", entity: .sample(sequence), operations: [operations[Int(sequence) % 3]])
            let body = ChangeBody(edits: [edit]).encoded
            let change =
                sequence == first + 2
                ? Change(
                    scope: .sample, replica: replica, sequence: sequence, previous: previous, head: head,
                    bodyHash: SHA256.digest(of: body))
                : Change(
                    scope: .sample, replica: replica, sequence: sequence, previous: previous, head: head, body: body)
            previous = change.hash
            changes.append(change)
        }
        let run = Array(changes.suffix(3))
        var segment = try Segment(run, startingContext: VersionVector())
        if codec == .plain {
            segment.codec = .plain
            segment.body = PlainCodec.encode(run.map(ChangeParts.init(of:)))
        }
        return segment
    }

    /// The changes, or nil where the segment is refused.
    private func changes(_ bytes: [UInt8]) -> [Change]? {
        // Both calls throw `SegmentError` and nothing else, as the compiler knows.
        try? Segment(decoding: bytes).changes()
    }

    @Test(arguments: [Segment.Codec.plain, .columns]) func `every truncation is refused`(codec: Segment.Codec) throws {
        let bytes = try small(codec: codec).encoded
        #expect(changes(bytes)?.count == 3)
        for count in bytes.indices { #expect(changes(Array(bytes[..<count])) == nil) }
        #expect(changes(bytes + [0]) == nil)
    }

    @Test(arguments: [Segment.Codec.plain, .columns])
    func `a flipped byte is detected or changes nothing`(codec: Segment.Codec) throws {
        let segment = try small(codec: codec)
        let original = try segment.changes()
        let bytes = segment.encoded
        for index in bytes.indices {
            for mask in 1...UInt8.max {
                var damaged = bytes
                damaged[index] ^= mask
                guard let decoded = changes(damaged) else { continue }
                #expect(decoded == original, "byte \(index) ^ \(mask)")
            }
        }
    }

    /// Behind the first segment of a chain the hash does not cover the name of the chain; but then the change before it
    /// is not where the segment says, which whoever applies it finds out (`ReplicaStoreApplyTests`).
    @Test func `a flipped byte in a later segment never changes what the changes say`() throws {
        let segment = try small(codec: .columns, from: 40)
        let original = try segment.changes()
        let bytes = segment.encoded
        for index in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[index] ^= 1 << UInt8(bit)
                guard let decoded = changes(damaged) else { continue }
                #expect(decoded.map(\.head) == original.map(\.head))
                #expect(decoded.map(\.body) == original.map(\.body))
                #expect(decoded.map(\.hash) == original.map(\.hash))
                #expect(decoded[0].previous == original[0].previous)
            }
        }
    }

    @Test(arguments: [
        (1, "count of changes"), (4, "count of changes"), (65_537, "count of changes"), (Int.max, "count of changes"),
    ])
    func `a lying count is refused`(count: Int, what: String) throws {
        for codec in [Segment.Codec.plain, .columns] {
            var segment = try small(codec: codec)
            segment.count = count
            #expect(changes(segment.encoded) == nil)
        }
    }

    @Test(arguments: [0, 1, 4 << 20, 1 << 40, Int.max]) func `a lying size is refused`(size: Int) throws {
        for codec in [Segment.Codec.plain, .columns] {
            var segment = try small(codec: codec)
            segment.decodedByteCount = size
            #expect(changes(segment.encoded) == nil)
        }
    }

    @Test(arguments: [0, UInt64(Int64.max) - 1, UInt64(Int64.max), .max])
    func `sequence numbers out of range are refused`(first: UInt64) throws {
        var segment = try small(codec: .plain)
        segment.firstSequence = first
        #expect(changes(segment.encoded) == nil)
    }

    @Test func `a later format, a later codec and a short seal are refused`() throws {
        var bytes = try small(codec: .plain).encoded
        bytes[1] = 2
        #expect(throws: SegmentError(.unsupported, "a format that this version does not know")) {
            try Segment(decoding: bytes)
        }
        var segment = try small(codec: .plain)
        segment.seals.relay = Array(repeating: 0, count: 15)
        #expect(changes(segment.encoded) == nil)
        #expect(throws: SegmentError.self) {
            try Segment(decoding: Array(repeating: 0, count: SegmentLimits.maximumEncodedBytes + 1))
        }
    }

    /// The segment of `small` with another body.
    private func segment(columns: [UInt8], plain: [UInt8] = [], size: Int? = nil, count: Int, byteCount: Int) throws
        -> [UInt8]
    {
        var segment = try small(codec: .columns)
        var writer = CBORWriter()
        writer.array(count: 3)
        writer.bytes(plain)
        writer.bytes(try Deflate.compress(columns))
        writer.unsigned(UInt64(size ?? columns.count))
        segment.body = writer.bytes
        segment.count = count
        segment.decodedByteCount = byteCount
        return segment.encoded
    }

    @Test func `what inflates beyond its size is refused`() throws {
        let zeros = [UInt8](repeating: 0, count: 64 << 20)
        for size in [0, 100, 8 << 20, 64 << 20, Int.max] {
            #expect(changes(try segment(columns: zeros, size: size, count: 65_536, byteCount: 4 << 20)) == nil)
        }
    }

    @Test func `a few bytes that announce many changes are refused`() throws {
        for count in [1, 1_000, 65_536] {
            #expect(changes(try segment(columns: [], count: count, byteCount: 4 << 20)) == nil)
            #expect(changes(try segment(columns: [0, 0, 0], count: count, byteCount: 4 << 20)) == nil)
        }
    }

    /// Columns for `rows` regular changes; `fields` follows the ids.
    private func regular(rows: Int, kind: [UInt8], fields: [UInt8]) -> (columns: [UInt8], plain: [UInt8]) {
        var columns = [UInt8](repeating: 0, count: rows)  // stamps
        columns += [1] + [UInt8](repeating: 0, count: rows)  // one author, and its index for each
        columns += (0..<rows).flatMap { _ in [1, 0x80] as [UInt8] }  // empty contexts
        columns += [UInt8](repeating: 0, count: rows)  // all regular
        columns += [1] + length(kind.count) + kind + length(rows)
        columns += [0] + [UInt8](repeating: 1, count: rows - 1)  // indexes
        columns += [UInt8](repeating: 0, count: rows)  // times of the ids
        let plain = EntityID.sample(1).bytes + [UInt8](repeating: 0, count: 10 * rows)
        return (columns + fields, plain)
    }

    private func length(_ number: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    private var peakMemoryBytes: Int {
        var usage = rusage()
        getrusage(0, &usage)  // RUSAGE_SELF
        #if canImport(Darwin)
            return Int(usage.ru_maxrss)
        #else
            return Int(usage.ru_maxrss) * 1024
        #endif
    }

    @Test func `a word, a kind or a name repeated in every row does not multiply`() throws {
        let rows = 65_536
        let word = [UInt8](repeating: 0x61, count: 60_000)
        let one = [1] + [UInt8](repeating: 0, count: rows)  // a dictionary of one word, and its index for each
        let bombs: [(kind: [UInt8], fields: [UInt8])] = [
            ([0x6b], [1, 1, 0x66, 1, 2] + [1] + length(word.count) + word + one.dropFirst()),
            (word, [1, 1, 0x66, 1, 0] + [UInt8](repeating: 0, count: rows)),
            ([0x6b], [1] + length(word.count) + word + [1, 0] + [UInt8](repeating: 0, count: rows)),
            // A hundred fields without a name, with a value in each row.
            ([0x6b], [100] + (0..<100).flatMap { _ in [0, 1, 0] + [UInt8](repeating: 0, count: rows) }),
        ]
        let before = peakMemoryBytes
        for bomb in bombs {
            let parts = regular(rows: rows, kind: bomb.kind, fields: bomb.fields)
            let bytes = try segment(
                columns: parts.columns, plain: parts.plain, count: rows, byteCount: SegmentLimits.maximumDecodedBytes)
            let error = #expect(throws: SegmentError.self) { try Segment(decoding: bytes).changes() }
            #expect(error?.reason.contains("larger than the header says") == true)
        }
        #expect(peakMemoryBytes - before < 600 << 20)
    }

    @Test func `the columns that the bombs are made of are well-formed`() throws {
        let parts = regular(rows: 3, kind: [0x6b], fields: [1, 1, 0x66, 1, 0, 2, 4, 6])
        var writer = CBORWriter()
        writer.array(count: 3)
        writer.bytes(parts.plain)
        writer.bytes(try Deflate.compress(parts.columns))
        writer.unsigned(UInt64(parts.columns.count))
        let decoded = try ColumnCodec.decode(writer.bytes, count: 3, byteCount: 1_000)
        let values = try decoded.map { change in
            guard case .present(let body) = change.body else { return Operation.Action.clear }
            return try ChangeBody(decoding: body).edits[0].operations[0].action
        }
        #expect(values == [.put(1), .put(2), .put(3)])
    }

    @Test func `values nested without end are refused`() throws {
        let deep = [UInt8](repeating: 0x81, count: 100_000) + [0xf6]
        let parts = regular(rows: 1, kind: [0x6b], fields: [1, 1, 0x66, 1, 4] + length(deep.count) + deep)
        #expect(changes(try segment(columns: parts.columns, plain: parts.plain, count: 1, byteCount: 4 << 20)) == nil)
        #expect(changes(deep) == nil)
        var segment = try small(codec: .columns)
        segment.body = deep
        #expect(changes(segment.encoded) == nil)
        segment.codec = .plain
        #expect(changes(segment.encoded) == nil)
    }

    @Test func `random columns are refused`() throws {
        var random = SplitMix64.forTest(#function)
        let good = regular(rows: 4, kind: [0x6b], fields: [1, 1, 0x66, 1, 0, 2, 4, 6, 8])
        for _ in 0..<3_000 {
            var columns = good.columns
            for _ in 0...(random.next() % 3) {
                columns[Int(random.next() % UInt64(columns.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            if random.next() % 4 == 0 { columns.removeLast(Int(random.next() % UInt64(columns.count))) }
            #expect(changes(try segment(columns: columns, plain: good.plain, count: 4, byteCount: 4_096)) == nil)
        }
    }
}
