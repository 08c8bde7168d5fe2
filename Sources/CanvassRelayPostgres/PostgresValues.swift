#if Postgres
    import CanvassCPostgres
    import CanvassSQLite

    /// Values for the parameters of a statement, in PostgreSQL's binary format.
    struct PostgresValues {
        /// The numbers of types in `pg_type`.
        enum TypeNumber {
            static let boolean: Oid = 16
            static let bytes: Oid = 17
            static let integer64: Oid = 20
            static let integer16: Oid = 21
            static let integer32: Oid = 23
            static let text: Oid = 25
            static let double: Oid = 701
            /// Leaves it to the server.
            static let unknown: Oid = 0
        }

        private var bytes: [UInt8] = []
        /// Nil for NULL.
        private var ranges: [Range<Int>?] = []

        init(_ values: [SQLiteValue]) {
            for value in values {
                let start = bytes.count
                switch value {
                case .null:
                    ranges.append(nil)
                    continue
                case .integer(let number): append(UInt64(bitPattern: number))
                case .real(let number): append(number.bitPattern)
                case .text(let text): bytes += Self.storable(text)
                case .blob(let blob): bytes += blob
                }
                ranges.append(start..<bytes.count)
            }
        }

        private mutating func append(_ bits: UInt64) {
            withUnsafeBytes(of: bits.bigEndian) { bytes += $0 }
        }

        /// PostgreSQL holds no U+0000 in a text. Names alone are texts here, for listings: the log has them as they were written.
        private static func storable(_ text: String) -> [UInt8] {
            text.utf8.contains(0)
                ? text.utf8.flatMap { $0 == 0 ? Array("\u{FFFD}".utf8) : [$0] } : Array(text.utf8)
        }

        static func types(of values: [SQLiteValue]) -> [Oid] {
            values.map { value in
                switch value {
                case .null: TypeNumber.unknown
                case .integer: TypeNumber.integer64
                case .real: TypeNumber.double
                case .text: TypeNumber.text
                case .blob: TypeNumber.bytes
                }
            }
        }

        typealias Pointers = UnsafePointer<UnsafePointer<CChar>?>

        /// - Parameter body: gets count, values, lengths and formats as libpq takes them.
        func withPointers<T>(
            _ body: (Int32, Pointers?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) throws -> T
        ) rethrows -> T {
            let lengths = ranges.map { Int32(clamping: $0?.count ?? 0) }
            let formats = [Int32](repeating: 1, count: ranges.count)
            // Never empty, so that an empty value has an address: without one it would be NULL.
            return try (bytes + [0]).withUnsafeBytes { buffer in
                let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
                let values: [UnsafePointer<CChar>?] = ranges.map { range in
                    range.flatMap { range in start.map { $0 + range.lowerBound } }
                }
                return try values.withUnsafeBufferPointer { values in
                    try body(Int32(clamping: values.count), values.baseAddress, lengths, formats)
                }
            }
        }
    }
#endif
