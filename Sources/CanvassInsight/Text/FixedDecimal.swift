/// Numbers with a fixed number of decimals, for tables and pages.
public enum FixedDecimal {
    /// Writes `value` with `decimals` digits after the point: 39.8398 with 1 is "39.8".
    ///
    /// Rounds half away from zero, and takes as the number what Swift prints for it, the shortest decimal that reads
    /// back as the same double: 2.675 with 2 is "2.68", as anyone would round the figure that a JSON document shows,
    /// where C's printf goes by the binary fraction and writes 2.67. What rounds to zero has no sign.
    ///
    /// - Parameter decimals: 0 to 100.
    /// - Returns: digits with "." as the decimal mark and no grouping; "–" for what is not finite.
    public static func text(_ value: Double, decimals: Int) -> String {
        precondition((0...100).contains(decimals), "0 to 100 decimals")
        guard value.isFinite else { return "–" }
        let (digits, pointIndex) = shortestDigits(of: value.magnitude)
        let kept = pointIndex + decimals
        var rounded = (0..<max(0, kept)).map { $0 < digits.count ? digits[$0] : 0 }
        if kept >= 0, kept < digits.count, digits[kept] >= 5 { increment(&rounded) }
        // At least one digit stands before the point.
        while rounded.count < decimals + 1 { rounded.insert(0, at: 0) }
        var text = value < 0 && rounded.contains { $0 != 0 } ? "-" : ""
        for (index, digit) in rounded.enumerated() {
            if index == rounded.count - decimals { text.append(".") }
            text.unicodeScalars.append(Unicode.Scalar(UInt8(ascii: "0") + digit))
        }
        return text
    }

    /// Digits of the shortest decimal that reads back as `magnitude`, and how many of them stand before the point
    /// (negative for zeros after it): 0.05 is ([5], −1), or the same with zeros in front.
    private static func shortestDigits(of magnitude: Double) -> (digits: [UInt8], pointIndex: Int) {
        let parts = magnitude.description.split(separator: "e")
        var digits: [UInt8] = []
        var pointIndex: Int?
        for character in parts[0].utf8 {
            if character == UInt8(ascii: ".") {
                pointIndex = digits.count
            } else {
                digits.append(character - UInt8(ascii: "0"))
            }
        }
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        return (digits, (pointIndex ?? digits.count) + exponent)
    }

    /// Adds one to the last digit and carries.
    private static func increment(_ digits: inout [UInt8]) {
        var index = digits.count - 1
        while index >= 0, digits[index] == 9 {
            digits[index] = 0
            index -= 1
        }
        if index >= 0 { digits[index] += 1 } else { digits.insert(1, at: 0) }
    }
}
