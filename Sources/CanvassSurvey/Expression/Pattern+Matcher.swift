extension Pattern {
    /// What one character may be.
    enum Matcher: Sendable, Hashable {
        /// `.`: any character but a line break.
        case any
        case scalar(Unicode.Scalar)
        case set([Member], isNegated: Bool)

        func matches(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .any: scalar != "\n" && scalar != "\r"
            case .scalar(let wanted): scalar == wanted
            case .set(let members, let isNegated): members.contains { $0.contains(scalar) } != isNegated
            }
        }
    }

    enum Member: Sendable, Hashable {
        case range(Unicode.Scalar, Unicode.Scalar)
        case category(Category, isNegated: Bool)

        func contains(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .range(let first, let last): first <= scalar && scalar <= last
            case .category(let category, let isNegated): category.contains(scalar) != isNegated
            }
        }
    }

    enum Category: Sendable {
        case digit, word, space
        case letter, uppercase, lowercase, number

        func contains(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .digit: "0"..."9" ~= scalar
            case .word: "a"..."z" ~= scalar || "A"..."Z" ~= scalar || "0"..."9" ~= scalar || scalar == "_"
            case .space: scalar == " " || ("\t"..."\r") ~= scalar
            case .letter: scalar.properties.isAlphabetic
            case .uppercase: scalar.properties.isUppercase
            case .lowercase: scalar.properties.isLowercase
            case .number: scalar.properties.numericType != nil
            }
        }
    }
}
