extension Moment {
    /// The text of `format-date()` and `format-date-time()`: %Y %y %m %n %b %d %e %H %h %M %S %3 %a of the ODK XForms
    /// specification, month and weekday names in English, %% for a percent sign.
    /// - Returns: nil and the letter that no rule knows in `unknown`.
    func formatted(_ format: String, unknown: inout Character?) -> String? {
        var result = ""
        var isDirective = false
        for character in format {
            if !isDirective {
                if character == "%" { isDirective = true } else { result.append(character) }
                continue
            }
            isDirective = false
            guard let piece = piece(character) else {
                unknown = character
                return nil
            }
            result += piece
        }
        return isDirective ? result + "%" : result
    }

    private func piece(_ directive: Character) -> String? {
        let time = timeMilliseconds
        switch directive {
        case "%": return "%"
        case "H": return (time / 3_600_000).padded(to: 2)
        case "h": return String(time / 3_600_000)
        case "M": return (time / 60_000 % 60).padded(to: 2)
        case "S": return (time / 1000 % 60).padded(to: 2)
        case "3": return (time % 1000).padded(to: 3)
        default: break
        }
        // A time of day has no date: its date parts are left empty.
        guard let date else { return "Yymnbdea".contains(directive) ? "" : nil }
        switch directive {
        case "Y": return date.year.padded(to: 4)
        case "y": return (date.year % 100).padded(to: 2)
        case "m": return date.month.padded(to: 2)
        case "n": return String(date.month)
        case "b": return Self.months[date.month - 1]
        case "d": return date.day.padded(to: 2)
        case "e": return String(date.day)
        case "a": return Self.weekdays[date.weekday]
        default: return nil
        }
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
}
