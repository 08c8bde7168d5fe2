/// The spellings of yes and no that XLSForm accepts.
enum YesNo {
    /// Nil for anything else, such as an expression.
    static func parse(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "yes", "true", "true()": true
        case "no", "false", "false()": false
        default: nil
        }
    }
}
