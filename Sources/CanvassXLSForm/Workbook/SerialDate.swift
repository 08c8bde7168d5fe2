/// Dates as spreadsheets store them: days since an epoch, the time of day as a fraction (ECMA-376 part 1, 18.17.4).
enum SerialDate {
    /// The first serial that is no date any more: 10000-01-01 in the 1900 system.
    private static let limit = 2_958_466.0
    private static let secondsPerDay = 86_400

    /// ISO 8601: a date for whole days, a time for less than a day, both otherwise; to the second. Nil for what no
    /// spreadsheet shows as a date.
    static func text(of serial: Double, uses1904: Bool) -> String? {
        guard serial >= 0, serial < limit - (uses1904 ? 1_462 : 0) else { return nil }
        let seconds = Int((serial * Double(secondsPerDay)).rounded())
        let (day, second) = seconds.quotientAndRemainder(dividingBy: secondsPerDay)
        let time =
            "\(padded(second / 3_600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
        if day == 0 { return time }
        let date = civil(daysSince1970: day - offset(of: day, uses1904: uses1904))
        return second == 0 ? date : "\(date)T\(time)"
    }

    /// Days from the epoch to 1970-01-01. The 1900 system counts a 29 February 1900 that never was, as its first
    /// program did; days before it are one nearer.
    private static func offset(of day: Int, uses1904: Bool) -> Int {
        if uses1904 { return 24_107 }
        return day < 60 ? 25_568 : 25_569
    }

    /// The proleptic Gregorian date, by eras of 400 years that begin on 1 March (146,097 days each).
    private static func civil(daysSince1970 days: Int) -> String {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
