import CanvassCRDT
import CanvassCoding

@testable import CanvassWire

/// The first byte says what the rest is taken for: mutated bytes hardly ever pass a hash or a compressed stream, so what
/// lies behind these is reached directly.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSegment(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    guard let kind = bytes.first else { return 0 }
    let rest = Array(bytes.dropFirst())
    switch kind % 5 {
    case 0: readSegment(rest)
    case 1: readColumns(rest)
    case 2: readPlain(rest)
    case 3: readChange(rest)
    default: readCompressed(rest)
    }
    return 0
}

private func readSegment(_ bytes: [UInt8]) {
    guard let segment = try? Segment(decoding: bytes) else { return }
    precondition(segment.encoded == bytes, "a header is not canonical")
    guard let changes = try? segment.changes() else { return }
    precondition(changes.count == segment.count)
    guard let again = try? Segment(changes, startingContext: segment.startingContext) else { return }
    precondition((try? again.changes()) == changes, "changes do not come back")
    for change in changes { readChange(change.head + (change.body ?? [])) }
}

/// A count, a size, and the two streams of the column codec without compression.
private func readColumns(_ bytes: [UInt8]) {
    guard bytes.count >= 3 else { return }
    let plainCount = min(Int(bytes[1]) << 8 | Int(bytes[2]), bytes.count - 3)
    let plain = Array(bytes[3..<(3 + plainCount)])
    let columns = Array(bytes[(3 + plainCount)...])
    let size = 1 << 16
    var decoder = ColumnDecoder(plain: plain, columns: columns, count: Int(bytes[0]), byteCount: size)
    guard let parts = try? decoder.changes() else { return }
    check(parts)
}

private func readPlain(_ bytes: [UInt8]) {
    guard let count = bytes.first, let parts = try? PlainCodec.decode(Array(bytes.dropFirst()), count: Int(count))
    else {
        return
    }
    precondition((try? PlainCodec.decode(PlainCodec.encode(parts), count: parts.count)) == parts)
    check(parts)
}

private func readCompressed(_ bytes: [UInt8]) {
    guard let parts = try? ColumnCodec.decode(bytes, count: 100, byteCount: 1 << 16) else { return }
    check(parts)
}

/// What the codec takes comes back as it was, or is left to the plain codec.
private func check(_ parts: [ChangeParts]) {
    let size = parts.reduce(0) { $0 + $1.byteCount }
    guard let encoded = ColumnCodec.encode(parts) else { return }
    if let decoded = try? ColumnCodec.decode(encoded, count: parts.count, byteCount: size), decoded != parts {
        precondition((try? PlainCodec.decode(PlainCodec.encode(parts), count: parts.count)) == parts)
    }
}

private func readChange(_ bytes: [UInt8]) {
    if let head = try? ChangeHead(decoding: bytes) {
        precondition(head.encoded == bytes, "a head is not canonical")
    }
    if let body = try? ChangeBody(decoding: bytes) {
        let encoded = body.encoded
        precondition((try? ChangeBody(decoding: encoded))?.encoded == encoded, "a body does not come back")
    }
    var reader = CBORReader(bytes)
    if let vector = try? VersionVector(from: &reader), reader.isAtEnd {
        var writer = CBORWriter()
        vector.encode(to: &writer)
        precondition(writer.bytes == bytes, "a vector is not canonical")
    }
}
