import CanvassCoding

/// Whatever decodes encodes to the same bytes, since only canonical CBOR is read.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCBOR(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    if let value = try? CBOR.decode(bytes) {
        precondition(CBOR.encode(value) == bytes, "canonical bytes change")
        let text = JSON.encode(value)
        _ = try? JSON.decode(text)
    }
    if let value = try? JSON.decode(bytes) {
        let again = try? JSON.decode(JSON.encode(value))
        precondition(again == value, "a JSON value does not come back")
    }
    var reader = CBORReader(bytes)
    while !reader.isAtEnd, (try? reader.skip()) != nil {}
    return 0
}
