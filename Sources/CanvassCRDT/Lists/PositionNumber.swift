/// Numbers inside positions: texts that sort as the numbers do, none of which begins another.
///
/// A letter says how many digits of base 32 follow: "a" one, "b" two … "l" twelve. A number below zero has the letters
/// "Z" (one digit) down to "O" (twelve), and the digits of its distance from −1 counted down from the last digit there
/// is. Zero is "a0", −1 is "ZZ". Only the shortest form is one.
enum PositionNumber {
    static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    private static let mostDigits = 12
    /// The numbers that twelve digits hold lie between this and its negative.
    private static let bound: Int64 = 1 << 60

    /// - Returns: nil for a number beyond twelve digits.
    static func encode(_ number: Int64) -> [UInt8]? {
        let distance = number >= 0 ? number : -1 - number
        guard distance < bound else { return nil }
        var rest = distance
        var reversed: [UInt8] = []
        repeat {
            let digit = Int(rest & 31)
            reversed.append(digits[number >= 0 ? digit : 31 - digit])
            rest >>= 5
        } while rest > 0
        let count = UInt8(reversed.count)
        let letter = number >= 0 ? UInt8(ascii: "a") + (count - 1) : UInt8(ascii: "Z") - (count - 1)
        return [letter] + reversed.reversed()
    }

    /// Reads a number and moves `index` behind it; nil, with `index` where it stopped, for anything else.
    static func read(_ bytes: [UInt8], at index: inout Int) -> Int64? {
        guard index < bytes.count else { return nil }
        let letter = bytes[index]
        let isNegative = letter <= UInt8(ascii: "Z")
        let count =
            isNegative ? Int(UInt8(ascii: "Z")) - Int(letter) + 1 : Int(letter) - Int(UInt8(ascii: "a")) + 1
        guard (1...mostDigits).contains(count) else { return nil }
        index += 1
        var distance: Int64 = 0
        for place in 0..<count {
            guard index < bytes.count, let digit = value(of: bytes[index]) else { return nil }
            let counted = isNegative ? 31 - digit : digit
            guard place > 0 || counted > 0 || count == 1 else { return nil }
            distance = distance << 5 | counted
            index += 1
        }
        return isNegative ? -1 - distance : distance
    }

    static func isDigit(_ byte: UInt8) -> Bool { value(of: byte) != nil }

    private static func value(of byte: UInt8) -> Int64? {
        digits.firstIndex(of: byte).map(Int64.init)
    }
}
