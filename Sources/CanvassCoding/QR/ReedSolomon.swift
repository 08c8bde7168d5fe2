/// The error correction of QR codes (ISO/IEC 18004, section 7.5 and annex A): Reed-Solomon over the field of 256 elements
/// modulo x⁸ + x⁴ + x³ + x² + 1, in which 2 generates all but zero.
struct ReedSolomon: Sendable {
    /// (x − 2⁰)(x − 2¹) … without its leading 1, highest power first.
    private let generator: [UInt8]

    /// - Parameter count: of correction codewords.
    init(count: Int) {
        var polynomial: [UInt8] = [1]
        var root: UInt8 = 1
        for _ in 0..<count {
            var next = polynomial + [0]
            for (index, factor) in polynomial.enumerated() {
                next[index + 1] ^= ReedSolomon.product(factor, root)
            }
            polynomial = next
            root = ReedSolomon.product(root, 2)
        }
        generator = Array(polynomial.dropFirst())
    }

    /// What is left of the data, times x to the count of codewords, after division by the generator.
    func correction(of data: some Collection<UInt8>) -> [UInt8] {
        var rest = Array(data) + [UInt8](repeating: 0, count: generator.count)
        for index in 0..<data.count where rest[index] != 0 {
            let factor = rest[index]
            for (offset, coefficient) in generator.enumerated() {
                rest[index + 1 + offset] ^= ReedSolomon.product(coefficient, factor)
            }
        }
        return Array(rest.suffix(generator.count))
    }

    private static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var (sum, left, right): (UInt8, UInt16, UInt8) = (0, UInt16(left), right)
        while right != 0 {
            if right & 1 != 0 { sum ^= UInt8(truncatingIfNeeded: left) }
            left <<= 1
            if left & 0x100 != 0 { left ^= 0x11D }
            right >>= 1
        }
        return sum
    }
}
