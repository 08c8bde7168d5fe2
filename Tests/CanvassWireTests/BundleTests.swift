import CanvassCRDT
import CanvassCoding
import CanvassWire
import TestSupport
import Testing

@Suite struct BundleTests {
    /// A bundle with two certificates, a vector and four segments.
    private func sample() throws -> Bundle {
        var segments: [[UInt8]] = []
        for seed in 1...4 {
            segments.append(
                try Segment(RandomRun(seed: UInt64(seed), count: 2).changes, startingContext: VersionVector()).encoded)
        }
        var vector = VersionVector()
        vector[ReplicaID(rawValue: 9)] = [.init(sequence: 3, check: 4)]
        return Bundle(
            header: BundleHeader(
                organisation: .sample(1), device: .sample(2), replica: ReplicaID(rawValue: 3), made: 1_700_000_000_000),
            certificates: [[1, 2, 3], []], vectors: [ScopeReport(scope: .sample, vector: vector, digest: nil)],
            segments: segments)
    }

    @Test func `what is written is read`() throws {
        let bundle = try sample()
        let read = try Bundle(reading: bundle.encoded)
        #expect(read.isWhole)
        #expect(read.header?.replica == bundle.header?.replica)
        #expect(read.certificates == bundle.certificates)
        #expect(read.vectors == bundle.vectors)
        #expect(read.segments == bundle.segments)
    }

    /// Where each segment's record lies in the file.
    private func records(of bundle: Bundle) -> [Range<Int>] {
        let bytes = bundle.encoded
        return bundle.segments.map { segment in
            let start = bytes.indices.first { bytes[$0...].starts(with: segment) } ?? 0
            return start - 13..<start + segment.count + 8
        }
    }

    @Test func `a file cut anywhere gives every segment that is whole, and says that it was cut`() throws {
        let bundle = try sample()
        let bytes = bundle.encoded
        let records = records(of: bundle)
        for length in bytes.indices {
            guard length >= 8 else {
                #expect(throws: CodingError.self) { try Bundle(reading: Array(bytes[..<length])) }
                continue
            }
            let read = try Bundle(reading: Array(bytes[..<length]))
            let whole = zip(records, bundle.segments).filter { $0.0.upperBound <= length }.map(\.1)
            #expect(read.segments == whole, "\(length) bytes")
            #expect(!read.isWhole, "\(length) bytes")
        }
    }

    @Test func `a flipped byte anywhere costs the record it lies in, and nothing else`() throws {
        let bundle = try sample()
        let records = records(of: bundle)
        let bytes = bundle.encoded
        for index in bytes.indices {
            for mask: UInt8 in [0x01, 0x80, 0xFF] {
                var damaged = bytes
                damaged[index] ^= mask
                let read = try Bundle(reading: damaged)
                let undamaged = zip(records, bundle.segments).filter { !$0.0.contains(index) }.map(\.1)
                #expect(read.segments == undamaged, "byte \(index)")
                #expect(index < 8 || !read.isWhole, "byte \(index)")
                #expect(read.header?.replica == bundle.header?.replica, "byte \(index)")
            }
        }
    }

    @Test func `bytes lost or put in anywhere cost the record they lie in`() throws {
        let bundle = try sample()
        let records = records(of: bundle)
        let bytes = bundle.encoded
        for index in stride(from: 8, to: bytes.count - 5, by: 3) {
            var shorter = bytes
            shorter.removeSubrange(index..<index + 5)
            let kept = zip(records, bundle.segments).filter { !$0.0.overlaps(index..<index + 5) }.map(\.1)
            #expect(try Bundle(reading: shorter).segments == kept, "byte \(index)")
            var longer = bytes
            longer.insert(contentsOf: [0xC5, 0xCA, 0x56, 0x53, 0x04], at: index)
            let untouched = zip(records, bundle.segments).filter { !$0.0.contains(index) || $0.0.lowerBound == index }
            #expect(try Bundle(reading: longer).segments == untouched.map(\.1), "byte \(index)")
        }
    }

    @Test func `an end that lies about the counts is noticed`() throws {
        var bundle = try sample()
        bundle.segments.removeLast()
        let whole = try sample().encoded
        // The records of the one up to the third segment, the end of the other.
        let cut =
            Array(bundle.encoded.dropLast(endByteCount(of: bundle))) + whole.suffix(endByteCount(of: try sample()))
        let read = try Bundle(reading: cut)
        #expect(!read.isWhole)
        #expect(read.missingSegments == 1)
        #expect(read.damage.isEmpty)
    }

    private func endByteCount(of bundle: Bundle) -> Int {
        guard var header = bundle.header else { return 0 }
        header.counts = .init(
            certificates: UInt64(bundle.certificates.count), vectors: UInt64(bundle.vectors.count),
            segments: UInt64(bundle.segments.count))
        return header.encoded().count + 21
    }

    @Test func `records nested in each other do not keep a reader busy for ever`() throws {
        var hostile = Array("CNVSBNDL".utf8)
        let head: [UInt8] = [4, 0, 0x20, 0, 0]
        for _ in 0..<200_000 {
            hostile += [0xC5, 0xCA, 0x56, 0x53] + head + SHA256.digest(of: head).bytes.prefix(4)
        }
        let read = try Bundle(reading: hostile)
        #expect(read.segments.isEmpty)
        #expect(read.damage.reduce(0) { $0 + $1.byteCount } == hostile.count - 8)
    }

    @Test func `random bytes are no bundle, or one without anything`() throws {
        var random = SplitMix64.forTest(#function)
        for _ in 0..<300 {
            let bytes = (0..<random.next() % 400).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            if let read = try? Bundle(reading: bytes) { #expect(read.segments.isEmpty) }
            #expect(try Bundle(reading: Array("CNVSBNDL".utf8) + bytes).segments.isEmpty)
        }
    }
}
