/// Numbers as a spreadsheet writes them in the format "General".
enum NumberText {
    /// Digits that a spreadsheet keeps of a number; those behind are the noise of binary fractions.
    private static let significantDigits = 15

    /// At most 15 significant digits, rounded half up, without trailing zeros: 1 for 1.0, 0.3 for 0.1 + 0.2. Numbers of
    /// 1E+21 and above, or below 1E-9, are written with an exponent.
    static func text(of number: Double) -> String {
        guard number.isFinite, number != 0 else { return number.isFinite ? "0" : "" }
        var (digits, exponent) = shortest(number.magnitude)
        if digits.count > significantDigits {
            let roundsUp = digits[significantDigits] >= 5
            digits.removeSubrange(significantDigits...)
            if roundsUp { exponent += increment(&digits) }
        }
        while digits.last == 0 { digits.removeLast() }
        return (number < 0 ? "-" : "")
            + layOut(digits.map { Character(Unicode.Scalar(UInt8(ascii: "0") + $0)) }, exponent)
    }

    /// The shortest digits d₁d₂… that give the number back, with number = 0.d₁d₂… × 10^exponent.
    private static func shortest(_ number: Double) -> (digits: [UInt8], exponent: Int) {
        let parts = number.description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        var exponent = mantissa[0].utf8.count
        if parts.count > 1, let shift = Int(parts[1]) { exponent += shift }
        var digits = mantissa.joined().utf8.map { $0 - UInt8(ascii: "0") }
        while digits.first == 0 {
            digits.removeFirst()
            exponent -= 1
        }
        return (digits, exponent)
    }

    /// Adds one in the last place; returns 1 where the number gained a digit.
    private static func increment(_ digits: inout [UInt8]) -> Int {
        for index in digits.indices.reversed() {
            guard digits[index] == 9 else {
                digits[index] += 1
                return 0
            }
            digits[index] = 0
        }
        digits.insert(1, at: 0)
        return 1
    }

    private static func layOut(_ digits: [Character], _ exponent: Int) -> String {
        if exponent > 21 || exponent < -8 {
            let shift = exponent - 1
            let fraction = digits.count > 1 ? "." + String(digits[1...]) : ""
            return String(digits[0]) + fraction + "E" + (shift < 0 ? "-" : "+") + String(shift.magnitude)
        }
        if exponent <= 0 { return "0." + String(repeating: "0", count: -exponent) + String(digits) }
        if exponent >= digits.count { return String(digits) + String(repeating: "0", count: exponent - digits.count) }
        return String(digits[..<exponent]) + "." + String(digits[exponent...])
    }
}
