package import CanvassCoding

/// Segments in a file, for where no network goes: from device to device, or by any carrier to the relay (design,
/// section 4). Beside them travel what the relay needs to know their authors, and what the maker holds, so that whoever
/// answers can leave that out.
package struct Bundle: Sendable, Hashable {
    /// Bytes that nothing could be read from.
    package struct Damage: Sendable, Hashable {
        package var offset: Int
        package var byteCount: Int
        package var what: String
    }

    /// Nil where it is damaged at both ends of the file.
    package var header: BundleHeader?
    /// Encoded, of the devices that made the changes.
    package var certificates: [[UInt8]]
    /// What the maker holds, by scope.
    package var vectors: [ScopeReport]
    /// Encoded, in an order in which each can be applied after those before it.
    package var segments: [[UInt8]]
    package private(set) var damage: [Damage] = []
    /// Records of a later version.
    package private(set) var unknownRecords = 0
    /// What the end of the file says should be there; nil where the end is missing.
    package private(set) var counts: BundleHeader.Counts?

    package init(
        header: BundleHeader, certificates: [[UInt8]] = [], vectors: [ScopeReport] = [], segments: [[UInt8]] = []
    ) {
        self.header = header
        self.certificates = certificates
        self.vectors = vectors
        self.segments = segments
    }

    /// "CNVSBNDL".
    static let magic = Array("CNVSBNDL".utf8)

    /// Whether all of the file was there and could be read.
    package var isWhole: Bool {
        guard let counts else { return false }
        return damage.isEmpty && counts.segments == segments.count && counts.certificates == certificates.count
            && counts.vectors == vectors.count
    }

    /// Segments that the end of the file announces and that are not there; nil where that is not known.
    package var missingSegments: UInt64? {
        counts.map { $0.segments > UInt64(segments.count) ? $0.segments - UInt64(segments.count) : 0 }
    }
}

// MARK: The file

extension Bundle {
    /// The bytes of the file.
    ///
    /// - Precondition: the bundle has a header, and no part of it is larger than a segment may be.
    package var encoded: [UInt8] {
        guard var header else { preconditionFailure("a bundle that was read without its header is not written again") }
        var bytes = Bundle.magic
        header.counts = nil
        BundleRecord.append(.header, header.encoded(), to: &bytes)
        for certificate in certificates { BundleRecord.append(.certificate, certificate, to: &bytes) }
        for vector in vectors { BundleRecord.append(.vector, vector.encoded(), to: &bytes) }
        for segment in segments { BundleRecord.append(.segment, segment, to: &bytes) }
        header.counts = BundleHeader.Counts(
            certificates: UInt64(certificates.count), vectors: UInt64(vectors.count), segments: UInt64(segments.count))
        BundleRecord.append(.end, header.encoded(), to: &bytes)
        return bytes
    }

    /// Reads whatever can be read of a file: a damaged record costs nothing but itself.
    ///
    /// - Throws: `CodingError` where nothing in it is a bundle's.
    package init(reading bytes: [UInt8]) throws(CodingError) {
        certificates = []
        vectors = []
        segments = []
        var hasRecord = false
        let hasMagic = bytes.starts(with: Bundle.magic)
        var offset = hasMagic ? Bundle.magic.count : 0
        // Looking for the next record may hash the same bytes again, and a hostile file would have it do so for ever.
        var budget = 4 * bytes.count + 1 << 20
        while offset < bytes.count {
            if let head = BundleRecord.Head(at: offset, of: bytes), head.isIntact(in: bytes) {
                hasRecord = true
                take(head, of: bytes, at: offset)
                offset = head.end
            } else {
                let next = Bundle.nextRecord(after: offset, in: bytes, budget: &budget) ?? bytes.count
                note(offset..<next, in: bytes, isGivenUp: budget < 0)
                offset = next
            }
        }
        guard hasMagic || hasRecord else {
            throw CodingError(format: "bundle", reason: "it does not begin as a bundle does", offset: 0)
        }
    }

    /// Where the next intact record begins.
    private static func nextRecord(after offset: Int, in bytes: [UInt8], budget: inout Int) -> Int? {
        var candidate = offset + 1
        while candidate < bytes.count, budget >= 0 {
            guard bytes[candidate] == BundleRecord.mark[0], let head = BundleRecord.Head(at: candidate, of: bytes)
            else {
                candidate += 1
                continue
            }
            if head.isIntact(in: bytes) { return candidate }
            budget -= head.payload.count + BundleRecord.headerByteCount
            candidate += 1
        }
        return nil
    }

    private mutating func take(_ head: BundleRecord.Head, of bytes: [UInt8], at offset: Int) {
        let payload = Array(bytes[head.payload])
        guard let kind = BundleRecord.Kind(rawValue: head.type) else {
            unknownRecords += 1
            return
        }
        do {
            switch kind {
            case .header: header = try BundleHeader(decoding: payload)
            case .end:
                let end = try BundleHeader(decoding: payload)
                if header == nil { header = end }
                counts = end.counts
            case .certificate: certificates.append(payload)
            case .vector: vectors.append(try ScopeReport(decoding: payload))
            case .segment: segments.append(payload)
            }
        } catch {
            damage.append(
                Damage(offset: offset, byteCount: head.end - offset, what: "\(kind.name) that says nothing: \(error)"))
        }
    }

    private mutating func note(_ range: Range<Int>, in bytes: [UInt8], isGivenUp: Bool) {
        var what = "no record can be read"
        if isGivenUp {
            what = "too much of it is damaged to look further"
        } else if let head = BundleRecord.Head(at: range.lowerBound, of: bytes),
            let kind = BundleRecord.Kind(rawValue: head.type)
        {
            what = "\(kind.name), damaged"
        }
        damage.append(Damage(offset: range.lowerBound, byteCount: range.count, what: what))
    }
}
