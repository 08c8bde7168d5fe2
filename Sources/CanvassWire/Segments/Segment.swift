package import CanvassCRDT
import CanvassCoding

/// A run of consecutive changes of one replica in one scope: the one frame for HTTP pages, bundles, backups and the
/// relay's storage (design, section 4).
///
/// On the wire, a deterministic CBOR array:
///
/// | # | item | type |
/// | --- | --- | --- |
/// | 0 | format version: 1 | unsigned |
/// | 1 | scope: kind and id | 17 bytes |
/// | 2 | replica | 8 bytes |
/// | 3 | first sequence | unsigned ≥ 1 |
/// | 4 | count of changes | unsigned ≥ 1 |
/// | 5 | starting context: the whole context of the change before the first | version vector |
/// | 6 | chain hash before the first change | 16 bytes |
/// | 7 | chain hash after the last change | 16 bytes |
/// | 8 | codec of the body: 0 plain, 1 columns | unsigned |
/// | 9 | bytes of all heads and bodies, decoded | unsigned |
/// | 10 | body | bytes |
/// | 11 | seals: `[device seal, relay seal, void list hash]`, each bytes or null | array of 3 |
///
/// The seals are the last item, so that everything before them can be compared byte by byte whoever has sealed it.
package struct Segment: Sendable, Hashable {
    package var scope: ScopeID
    package var replica: ReplicaID
    package var firstSequence: UInt64
    package var count: Int
    package var startingContext: VersionVector
    package var before: ChainHash
    package var after: ChainHash
    package var codec: Codec
    package var decodedByteCount: Int
    package var body: [UInt8]
    package var seals: Seals

    package enum Codec: UInt64, Sendable {
        case plain = 0
        case columns = 1
    }

    /// Who vouches for the chain up to this segment's end (design, section 4); nil where nobody has yet.
    package struct Seals: Sendable, Hashable {
        package var device: [UInt8]?
        package var relay: [UInt8]?
        package var voidListHash: [UInt8]?

        package init(device: [UInt8]? = nil, relay: [UInt8]? = nil, voidListHash: [UInt8]? = nil) {
            self.device = device
            self.relay = relay
            self.voidListHash = voidListHash
        }
    }

    package static let formatVersion: UInt64 = 1

    package var lastSequence: UInt64 { firstSequence + UInt64(count) - 1 }
}

extension Segment {
    package var encoded: [UInt8] {
        var writer = CBORWriter(reservingCapacity: body.count + 160)
        writer.array(count: 12)
        writer.unsigned(Segment.formatVersion)
        writer.bytes(scope.bytes)
        writer.bytes(replica.bytes)
        writer.unsigned(firstSequence)
        writer.unsigned(UInt64(count))
        startingContext.encode(to: &writer)
        writer.bytes(before.bytes)
        writer.bytes(after.bytes)
        writer.unsigned(codec.rawValue)
        writer.unsigned(UInt64(decodedByteCount))
        writer.bytes(body)
        writer.array(count: 3)
        for seal in [seals.device, seals.relay, seals.voidListHash] {
            if let seal { writer.bytes(seal) } else { writer.null() }
        }
        return writer.bytes
    }

    /// Reads a header and keeps the body as it is; `changes()` decodes and checks it.
    ///
    /// - Throws: `SegmentError`; the limits are checked before anything is allocated for the body.
    package init(decoding bytes: [UInt8]) throws(SegmentError) {
        guard bytes.count <= SegmentLimits.maximumEncodedBytes else {
            throw SegmentError(.tooLarge, "\(bytes.count) bytes")
        }
        do {
            var reader = CBORReader(bytes)
            guard try reader.arrayHeader() == 12, try reader.unsigned() == Segment.formatVersion else {
                throw SegmentError(.unsupported, "a format that this version does not know")
            }
            scope = try ScopeID(bytes: reader.bytes())
            replica = try ReplicaID(bytes: reader.bytes())
            firstSequence = try reader.unsigned()
            count = try Segment.bounded(reader.unsigned(), by: SegmentLimits.maximumCount, "count of changes")
            startingContext = try VersionVector(from: &reader)
            before = try ChainHash(bytes: reader.bytes())
            after = try ChainHash(bytes: reader.bytes())
            guard let codec = Codec(rawValue: try reader.unsigned()) else {
                throw SegmentError(.unsupported, "a codec that this version does not know")
            }
            self.codec = codec
            decodedByteCount = try Segment.bounded(
                reader.unsigned(), by: SegmentLimits.maximumDecodedBytes, "decoded size")
            body = try reader.bytes()
            seals = try Segment.seals(from: &reader)
            try reader.finish()
        } catch let error as CodingError {
            throw SegmentError(error)
        } catch let error as SegmentError {
            throw error
        } catch {
            throw SegmentError(.malformed, "\(error)")
        }
        let last = firstSequence.addingReportingOverflow(UInt64(count))
        guard firstSequence >= 1, count >= 1, !last.overflow, last.partialValue <= UInt64(Int64.max) else {
            throw SegmentError(.malformed, "sequence numbers out of range")
        }
    }

    private static func seals(from reader: inout CBORReader) throws(CodingError) -> Seals {
        guard try reader.arrayHeader() == 3 else {
            throw CodingError(format: "segment", reason: "three seals expected", offset: reader.offset)
        }
        return Seals(device: try seal(&reader), relay: try seal(&reader), voidListHash: try seal(&reader))
    }

    private static func seal(_ reader: inout CBORReader) throws(CodingError) -> [UInt8]? {
        if try reader.isNull() { return nil }
        let bytes = try reader.bytes()
        guard bytes.count == 16 else {
            throw CodingError(format: "segment", reason: "a seal has 16 bytes", offset: reader.offset)
        }
        return bytes
    }

    private static func bounded(_ number: UInt64, by limit: Int, _ what: String) throws(SegmentError) -> Int {
        guard let number = Int(exactly: number), number <= limit else {
            throw SegmentError(.tooLarge, "\(what) \(number), the limit is \(limit)")
        }
        return number
    }
}
