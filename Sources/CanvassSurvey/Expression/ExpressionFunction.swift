/// The functions of ODK XForms (https://getodk.github.io/xforms-spec/#xpath-functions) that expressions may call.
/// `instance()` and `current()` are not among them: they start a path and belong to the grammar.
enum ExpressionFunction: String, CaseIterable, Sendable {
    case `if`
    case selected
    case selectedAt = "selected-at"
    case countSelected = "count-selected"
    case choiceName = "jr:choice-name"
    case itext = "jr:itext"
    case not
    case `true`
    case `false`
    case boolean
    case booleanFromString = "boolean-from-string"
    case coalesce
    case once
    case concat
    case join
    case string
    case stringLength = "string-length"
    case contains
    case startsWith = "starts-with"
    case endsWith = "ends-with"
    case substr
    case substring
    case substringBefore = "substring-before"
    case substringAfter = "substring-after"
    case regex
    case normalizeSpace = "normalize-space"
    case translate
    case number
    case int
    case round
    case floor
    case ceiling
    case abs
    case pow
    case sum
    case min
    case max
    case count
    case countNonEmpty = "count-non-empty"
    case position
    case random
    case uuid
    case today
    case now
    case date
    case dateTime = "date-time"
    case decimalDateTime = "decimal-date-time"
    case decimalTime = "decimal-time"
    case formatDate = "format-date"
    case formatDateTime = "format-date-time"

    /// How many arguments a call may have.
    var argumentCounts: ClosedRange<Int> {
        switch self {
        case .true, .false, .today, .now, .random: 0...0
        case .boolean, .string, .stringLength, .normalizeSpace, .number, .uuid, .position: 0...1
        case .countSelected, .itext, .not, .booleanFromString, .once, .int, .floor, .ceiling, .abs, .count, .date,
            .dateTime, .decimalDateTime, .decimalTime:
            1...1
        case .round: 1...2
        case .selected, .selectedAt, .choiceName, .contains, .startsWith, .endsWith, .substringBefore, .substringAfter,
            .regex, .pow, .formatDate, .formatDateTime:
            2...2
        case .substr, .substring: 2...3
        case .if, .translate: 3...3
        case .coalesce: 2...Self.argumentLimit
        case .concat, .join, .sum, .min, .max, .countNonEmpty: 1...Self.argumentLimit
        }
    }

    /// Far above what a form written by people calls with.
    static let argumentLimit = 1000

    /// Why a function of ODK that this version lacks is refused, and what to do instead; nil for an unknown name.
    static func refusal(of name: String) -> String? {
        switch name {
        case "pulldata":
            "pulldata() is not supported: put the table on the choices sheet and read it with instance('list')"
        case "indexed-repeat":
            "indexed-repeat() is not supported: repeats are not asked by this version"
        case "randomize", "digest", "base64-decode", "area", "distance", "geofence", "intersects", "checklist",
            "weighted-checklist", "property", "version", "last", "id", "name", "local-name", "sin", "cos", "tan",
            "asin",
            "acos", "atan", "atan2", "sqrt", "exp", "exp10", "log", "log10", "pi", "extract-signed":
            "\(name)() is not supported by this version"
        default: nil
        }
    }
}
