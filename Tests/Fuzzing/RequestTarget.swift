import CanvassHTTP

/// The requests of a connection, and how it ends, are the same however the bytes are cut. The first byte says how.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRequest(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    guard let cut = bytes.first else { return 0 }
    let content = bytes.dropFirst()
    // Small limits, so that bodies and heads meet them.
    let limits = HTTPLimits(firstLine: 200, headers: 400, headerFieldCount: 12, body: 300)
    let whole = outcomes(content, pieces: max(1, content.count), limits)
    precondition(outcomes(content, pieces: 1 + Int(cut) % 40, limits) == whole, "it depends on how the bytes are cut")
    return 0
}

private func outcomes(_ bytes: ArraySlice<UInt8>, pieces size: Int, _ limits: HTTPLimits) -> [HTTPRequestParser.Outcome]
{
    var parser = HTTPRequestParser(limits: limits)
    var outcomes: [HTTPRequestParser.Outcome] = []
    var start = bytes.startIndex
    while start < bytes.endIndex {
        let end = min(start + size, bytes.endIndex)
        parser.feed(Array(bytes[start..<end]).span)
        start = end
        reading: while true {
            let outcome = parser.next()
            switch outcome {
            case .needMore: break reading
            case .failure:
                outcomes.append(outcome)
                return outcomes
            // Where the body is there already, nobody has to be asked for it.
            case .expectContinue: continue
            case .request: outcomes.append(outcome)
            }
        }
    }
    return outcomes
}
