@testable import CanvassCoding
import Testing

@Suite struct UTF8ValidationTests {
    @Test func `every scalar is valid and every other two bytes are as the standard library says`() {
        for scalar in (0 as UInt32)...0x10FFFF where scalar % 37 == 0 || scalar < 0x900 || 0xD700...0xE100 ~= scalar {
            guard let scalar = Unicode.Scalar(scalar) else { continue }
            let bytes = Array(String(scalar).utf8)
            #expect(UTF8Validation.sequenceLength(in: bytes, at: 0, upTo: bytes.count) == bytes.count)
            #expect(UTF8Validation.sequenceLength(in: bytes, at: 0, upTo: bytes.count - 1) == 0 || bytes.count == 1)
        }
        for lead in UInt8.min ... .max {
            for second in UInt8.min ... .max {
                for tail in [[], [0x80], [0xBF, 0x80], [0x41]] as [[UInt8]] {
                    let bytes = [lead, second] + tail
                    let isValid = String(validating: bytes, as: UTF8.self) != nil
                    #expect((UTF8Validation.firstInvalid(in: bytes, 0..<bytes.count) == nil) == isValid)
                }
            }
        }
    }

    @Test func `the place of the first invalid byte is known`() {
        let bytes = Array("aé".utf8) + [0xC3] + Array("b".utf8)
        #expect(UTF8Validation.firstInvalid(in: bytes, 0..<bytes.count) == 3)
        #expect(UTF8Validation.firstInvalid(in: bytes, 0..<3) == nil)
        #expect(UTF8Validation.firstInvalid(in: bytes, 0..<2) == 1)
    }
}
