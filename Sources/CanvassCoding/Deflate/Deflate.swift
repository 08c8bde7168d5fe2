import CanvassCZlib

/// DEFLATE (RFC 1951) by the system's zlib: raw, or with a wrapper around it.
package enum Deflate {
    /// What stands around the compressed bytes.
    package enum Wrapper: Sendable {
        case none
        /// RFC 1950: what HTTP calls deflate.
        case zlib
        /// RFC 1952.
        case gzip

        /// As zlib wants it told.
        fileprivate var windowBits: Int32 {
            switch self {
            case .none: -MAX_WBITS
            case .zlib: MAX_WBITS
            case .gzip: MAX_WBITS + 16
            }
        }
    }

    /// - Parameter level: 0 (stored) to 9 (smallest).
    package static func compress(
        _ bytes: [UInt8], level: Int32 = 6, wrapper: Wrapper = .none
    ) throws(CodingError) -> [UInt8] {
        precondition((0...9).contains(level), "compression levels go from 0 to 9, not \(level)")
        var stream = z_stream()
        let status = deflateInit2_(
            &stream, level, Z_DEFLATED, wrapper.windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw error("zlib could not start (\(status))", at: 0) }
        defer { deflateEnd(&stream) }
        return try run(&stream, over: bytes, maximumBytes: .max) { deflate(&$0, $1) }
    }

    /// - Parameter maximumBytes: the most that may come out. The ratio is the sender's choice; this is not.
    /// - Throws: `CodingError` for corrupt or truncated input, bytes after its end, or more output than allowed.
    package static func decompress(
        _ bytes: [UInt8], maximumBytes: Int, wrapper: Wrapper = .none
    ) throws(CodingError) -> [UInt8] {
        var stream = z_stream()
        let status = inflateInit2_(&stream, wrapper.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw error("zlib could not start (\(status))", at: 0) }
        defer { inflateEnd(&stream) }
        return try run(&stream, over: bytes, maximumBytes: maximumBytes) { stream, _ in inflate(&stream, Z_NO_FLUSH) }
    }

    /// The CRC-32 of ISO 3309, as zip and PNG use it.
    package static func crc32(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBufferPointer {
            UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count))
        }
    }

    private enum Outcome {
        case finished(used: Int)
        case tooMuch(used: Int)
        case incomplete
        case failed(Int32, used: Int)
    }

    /// Feeds all of `bytes` to the stream and collects what comes out, in chunks, until the stream says it has ended.
    private static func run(
        _ stream: inout z_stream, over bytes: [UInt8], maximumBytes: Int,
        step: (inout z_stream, Int32) -> Int32
    ) throws(CodingError) -> [UInt8] {
        var output: [UInt8] = []
        let outcome = bytes.withUnsafeBufferPointer { input in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: chunkSize) { chunk in
                pump(&stream, input, chunk, into: &output, maximumBytes: maximumBytes, step: step)
            }
        }
        switch outcome {
        case .finished(let used) where used == bytes.count: return output
        case .finished(let used): throw error("\(bytes.count - used) bytes too many after the end", at: used)
        case .tooMuch(let used): throw error("more than the allowed \(maximumBytes) bytes come out", at: used)
        case .incomplete: throw error("the data end too early", at: bytes.count)
        case .failed(let status, let used): throw error("corrupt data (zlib status \(status))", at: used)
        }
    }

    private static func pump(
        _ stream: inout z_stream, _ input: UnsafeBufferPointer<UInt8>, _ chunk: UnsafeMutableBufferPointer<UInt8>,
        into output: inout [UInt8], maximumBytes: Int, step: (inout z_stream, Int32) -> Int32
    ) -> Outcome {
        var used = 0
        while true {
            // zlib counts in 32 bits; a longer input is handed over in pieces.
            let offered = UInt32(clamping: input.count - used)
            let isLast = Int(offered) == input.count - used
            stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress.map { $0 + used })
            stream.avail_in = offered
            stream.next_out = chunk.baseAddress
            stream.avail_out = UInt32(chunk.count)
            let status = step(&stream, isLast ? Z_FINISH : Z_NO_FLUSH)
            used += Int(offered - stream.avail_in)
            let produced = chunk.count - Int(stream.avail_out)
            guard produced <= maximumBytes - output.count else { return .tooMuch(used: used) }
            output.append(contentsOf: chunk[..<produced])
            switch status {
            case Z_STREAM_END: return .finished(used: used)
            case Z_OK where stream.avail_out == 0 || !isLast: continue
            case Z_OK, Z_BUF_ERROR: return .incomplete
            default: return .failed(status, used: used)
            }
        }
    }

    /// Bytes that come out of zlib at a time.
    private static let chunkSize = 1 << 16

    private static func error(_ reason: String, at offset: Int) -> CodingError {
        CodingError(format: "deflate", reason: reason, offset: offset)
    }
}
