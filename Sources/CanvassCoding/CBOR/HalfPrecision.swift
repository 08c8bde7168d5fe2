/// binary16 of IEEE 754 as bit patterns, since `Float16` does not exist on every platform.
enum HalfPrecision {
    /// The bit pattern of `value` when binary16 holds it exactly; nil for NaN.
    static func bitPattern(exactly value: Float) -> UInt16? {
        let bits = value.bitPattern
        let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
        let exponent = Int(bits >> 23 & 0xFF) - 127
        let fraction = bits & 0x7F_FFFF
        switch exponent {
        case -127:
            return fraction == 0 ? sign : nil
        case -24 ... -15:
            // A subnormal half counts units of 2⁻²⁴.
            let significand = fraction | 0x80_0000
            let shift = -1 - exponent
            guard significand & ((1 << shift) - 1) == 0 else { return nil }
            return sign | UInt16(truncatingIfNeeded: significand >> shift)
        case -14...15:
            guard fraction & 0x1FFF == 0 else { return nil }
            return sign | UInt16(truncatingIfNeeded: exponent + 15) << 10 | UInt16(truncatingIfNeeded: fraction >> 13)
        case 128:
            return fraction == 0 ? sign | 0x7C00 : nil
        default:
            return nil
        }
    }

    static func double(bitPattern: UInt16) -> Double {
        let exponent = UInt64(bitPattern >> 10 & 0x1F)
        let fraction = UInt64(bitPattern & 0x3FF)
        let magnitude: Double =
            switch exponent {
            case 0: Double(fraction) * 0x1p-24
            case 31: fraction == 0 ? .infinity : .nan
            default: Double(bitPattern: (exponent + 1023 - 15) << 52 | fraction << 42)
            }
        return bitPattern & 0x8000 == 0 ? magnitude : -magnitude
    }
}
