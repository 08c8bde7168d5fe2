/// Where bytes stop being UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
enum UTF8Validation {
    /// The text that `range` holds; nil when not all of it is UTF-8.
    static func text(in bytes: [UInt8], _ range: Range<Int>) -> String? {
        bytes.withUnsafeBufferPointer {
            // Rebased, because the standard library takes its fast path for whole buffers only.
            String(validating: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self)
        }
    }

    /// The index of the first byte that does not belong to a valid sequence; nil when all of `range` is UTF-8.
    static func firstInvalid(in bytes: [UInt8], _ range: Range<Int>) -> Int? {
        var index = range.lowerBound
        while index < range.upperBound {
            let length = sequenceLength(in: bytes, at: index, upTo: range.upperBound)
            guard length > 0 else { return index }
            index += length
        }
        return nil
    }

    /// The length, 1 to 4, of the valid sequence that starts at `index`; 0 when there is none.
    static func sequenceLength(in bytes: [UInt8], at index: Int, upTo end: Int) -> Int {
        let lead = bytes[index]
        let length: Int
        // The second byte's bounds exclude overlong forms, surrogates and what lies above U+10FFFF (RFC 3629, section 4).
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: length = 4
        default: return 0
        }
        guard end - index >= length, second.contains(bytes[index + 1]) else { return 0 }
        for next in index + 2..<index + length where bytes[next] & 0xC0 != 0x80 { return 0 }
        return length
    }
}
