import CanvassCoding
import CanvassWire

/// A message that is read is written and read again without a difference, in both forms.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMessage(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    for format in [MessageFormat.cbor, .json] {
        check(SyncRequest.self, bytes, format)
        check(SyncAnswer.self, bytes, format)
        check(JoinRequest.self, bytes, format)
        check(JoinAnswer.self, bytes, format)
    }
    if let value = try? JSON.decode(bytes) { _ = Problem(value: value) }
    return 0
}

private func check<Body: Message>(_: Body.Type, _ bytes: [UInt8], _ format: MessageFormat) {
    guard let message = try? Body(decoding: bytes, as: format) else { return }
    let written = message.encoded()
    guard let again = try? Body(decoding: written) else { preconditionFailure("a message cannot be read again") }
    precondition(again.encoded() == written, "a message does not come back")
}
