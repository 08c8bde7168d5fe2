/// Numbers as people read them, in English, without a locale: the same text on every machine.
package enum NumberText {
    /// 1234567 → "1,234,567"
    package static func grouped(_ number: Int64) -> String {
        let digits = String(number.magnitude)
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// Whole from ten up, one decimal below: "3,210", "0.5".
    static func rate(_ rate: Double) -> String {
        guard rate < 10 else { return grouped(Int64(exactly: rate.rounded()) ?? .max) }
        let tenths = Int64((rate * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// The two greatest units: "4 s", "2 min 5 s", "1 h 40 min", "3 d 4 h".
    static func roughDuration(seconds: Double) -> String {
        let total = Int64(exactly: seconds.rounded(.up)) ?? .max
        return switch total {
        case ..<60: "\(total) s"
        case ..<3600: "\(total / 60) min \(total % 60) s"
        case ..<86_400: "\(total / 3600) h \(total % 3600 / 60) min"
        default: "\(grouped(total / 86_400)) d \(total % 86_400 / 3600) h"
        }
    }
}
