/// Writes instants as headers do: `Sun, 06 Nov 1994 08:49:37 GMT`, the IMF-fixdate of RFC 9110 section 5.6.7.
package enum HTTPDate {
    /// - Parameter unixSeconds: seconds since 1970 in UTC, brought into the years 0001 to 9999 that the format can hold.
    package static func bytes(unixSeconds: Int64) -> [UInt8] {
        let seconds = min(max(unixSeconds, -62_135_596_800), 253_402_300_799)
        let secondOfDay = ((seconds % 86_400) + 86_400) % 86_400
        let day = (seconds - secondOfDay) / 86_400
        let (year, month, dayOfMonth) = civilDate(daysSince1970: day)
        var output: [UInt8] = []
        output.reserveCapacity(29)
        // 1970-01-01 was a Thursday.
        output.append(name: Int(((day + 4) % 7 + 7) % 7), of: "SunMonTueWedThuFriSat")
        output.append(", ")
        output.append(padded: dayOfMonth, width: 2)
        output.append(.space)
        output.append(name: month - 1, of: "JanFebMarAprMayJunJulAugSepOctNovDec")
        output.append(.space)
        output.append(padded: year, width: 4)
        output.append(.space)
        output.append(padded: Int(secondOfDay / 3600), width: 2)
        output.append(UInt8(ascii: ":"))
        output.append(padded: Int(secondOfDay / 60 % 60), width: 2)
        output.append(UInt8(ascii: ":"))
        output.append(padded: Int(secondOfDay % 60), width: 2)
        output.append(" GMT")
        return output
    }

    /// The proleptic Gregorian date, counted in eras of 400 years (146,097 days) that begin on 1 March, so that the leap
    /// day comes last.
    private static func civilDate(daysSince1970: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = daysSince1970 + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (Int(year), Int(month), Int(day))
    }
}

extension [UInt8] {
    /// Appends the three letters of the name at `index`.
    fileprivate mutating func append(name index: Int, of names: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: names.utf8Start + 3 * index, count: 3))
    }

    fileprivate mutating func append(padded number: Int, width: Int) {
        var divisor = 1
        for _ in 1..<width { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }
}
