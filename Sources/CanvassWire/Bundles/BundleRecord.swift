import CanvassCRDT
import CanvassCoding

/// One record of a bundle's file: what can be found again, and checked, whatever happened to the bytes around it.
///
/// | bytes | what |
/// | --- | --- |
/// | 4 | the mark `C5 CA 56 53` |
/// | 1 | type |
/// | 4 | length of the payload, big-endian |
/// | 4 | the first bytes of SHA-256(type ‖ length) |
/// | length | payload |
/// | 8 | the first bytes of SHA-256(type ‖ length ‖ payload) |
struct BundleRecord {
    /// Numbers are in the file; records of other types are passed over.
    enum Kind: UInt8 {
        case header = 1
        case certificate = 2
        case vector = 3
        case segment = 4
        case end = 5

        var name: String {
            switch self {
            case .header: "the header"
            case .certificate: "a certificate"
            case .vector: "what the maker holds of a scope"
            case .segment: "a segment"
            case .end: "the end"
            }
        }
    }

    static let mark: [UInt8] = [0xC5, 0xCA, 0x56, 0x53]
    static let headerByteCount = 13
    static let checkByteCount = 8
    /// No payload is larger; a segment is the largest.
    static let maximumPayloadBytes = SegmentLimits.maximumEncodedBytes

    static func append(_ kind: Kind, _ payload: [UInt8], to bytes: inout [UInt8]) {
        let head = [kind.rawValue] + bigEndianBytes(UInt64(payload.count)).suffix(4)
        bytes += mark + head + SHA256.digest(of: head).bytes.prefix(4)
        bytes += payload
        bytes += SHA256.digest(of: head + payload).bytes.prefix(checkByteCount)
    }

    /// What the thirteen bytes from `offset` on announce; nil where no record begins, or it would not fit the file.
    struct Head {
        let type: UInt8
        let payload: Range<Int>
        var end: Int { payload.upperBound + BundleRecord.checkByteCount }

        init?(at offset: Int, of bytes: [UInt8]) {
            guard offset >= 0, bytes.count - offset >= BundleRecord.headerByteCount + BundleRecord.checkByteCount,
                bytes[offset..<offset + 4].elementsEqual(BundleRecord.mark)
            else { return nil }
            let head = Array(bytes[offset + 4..<offset + 9])
            guard SHA256.digest(of: head).bytes.prefix(4).elementsEqual(bytes[offset + 9..<offset + 13]) else {
                return nil
            }
            let start = offset + BundleRecord.headerByteCount
            let length = Int(bigEndianInteger(head[1...]))
            guard length <= BundleRecord.maximumPayloadBytes,
                length <= bytes.count - start - BundleRecord.checkByteCount
            else { return nil }
            type = head[0]
            payload = start..<start + length
        }

        /// Whether the payload is as it was written.
        func isIntact(in bytes: [UInt8]) -> Bool {
            let head = [type] + bigEndianBytes(UInt64(payload.count)).suffix(4)
            let check = SHA256.digest(of: head + bytes[payload]).bytes.prefix(BundleRecord.checkByteCount)
            return check.elementsEqual(bytes[payload.upperBound..<end])
        }
    }
}
