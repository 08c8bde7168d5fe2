import CanvassCoding

@testable import CanvassWire

/// The first byte says what the rest is taken for: the bytes of a file, or pieces that a file is put together from, some
/// of them intact records. Mutated bytes hardly ever pass the checks of a record.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzBundle(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    guard let kind = bytes.first else { return 0 }
    if kind.isMultiple(of: 2) {
        read(Array(bytes.dropFirst()))
    } else {
        readPieces(bytes[1...])
    }
    return 0
}

/// What was read lies in the file, in order, and a bundle without damage comes back as it was written.
@discardableResult
private func read(_ bytes: [UInt8]) -> Bundle? {
    guard let bundle = try? Bundle(reading: bytes) else { return nil }
    var end = 0
    for damage in bundle.damage {
        precondition(damage.byteCount > 0 && damage.offset >= end, "places of damage overlap")
        end = damage.offset + damage.byteCount
        precondition(end <= bytes.count, "damage past the end of the file")
    }
    if bundle.isWhole, bundle.header != nil {
        let encoded = bundle.encoded
        guard let again = try? Bundle(reading: encoded) else { preconditionFailure("a bundle cannot be read again") }
        precondition(again.isWhole && again.encoded == encoded, "a bundle does not come back")
        precondition(again.segments == bundle.segments, "segments do not come back")
    }
    for segment in bundle.segments { _ = try? Segment(decoding: segment).changes() }
    return bundle
}

/// A byte for the kind of each piece, one for its length, and its bytes. Whatever lies between them, every intact record
/// is read.
private func readPieces(_ input: ArraySlice<UInt8>) {
    var rest = input
    var file: [UInt8] = []
    var segments: [[UInt8]] = []
    while let kind = rest.popFirst(), let length = rest.popFirst() {
        let payload = Array(rest.prefix(Int(length)))
        rest = rest.dropFirst(payload.count)
        switch kind % 8 {
        case 0: file += Bundle.magic
        case 1: BundleRecord.append(.header, payload, to: &file)
        case 2: BundleRecord.append(.certificate, payload, to: &file)
        case 3: BundleRecord.append(.vector, payload, to: &file)
        case 4:
            BundleRecord.append(.segment, payload, to: &file)
            segments.append(payload)
        case 5: BundleRecord.append(.end, payload, to: &file)
        case 6:
            // A record that lost its end.
            var record: [UInt8] = []
            BundleRecord.append(.segment, payload + payload, to: &record)
            file += record.dropLast(BundleRecord.checkByteCount + payload.count)
        default: file += payload
        }
    }
    let bundle = read(file)
    // Chance would have to forge a hash to hide one, or to add one.
    precondition(segments.isEmpty || bundle?.segments == segments, "an intact record is not read")
}
