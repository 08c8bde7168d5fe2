extension Form {
    /// Whether a text can name a question: a letter or underscore, then letters, digits, `-`, `.` and `_`; letters of
    /// every script.
    static func isName(_ text: String) -> Bool {
        guard text.utf8.count <= 255, let first = text.utf8.first else { return false }
        func isLetter(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
                0x80...:
                true
            default: false
            }
        }
        return isLetter(first)
            && text.utf8.allSatisfy {
                isLetter($0) || $0.digitValue != nil || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
            }
    }
}

extension Form.ItemType {
    /// Whether a response can hold an answer to an item of this type.
    public var takesAnswer: Bool {
        switch self {
        case .note, .group, .repeatGroup: false
        default: true
        }
    }

    /// Whether the interview shows it to a person who answers.
    public var isAsked: Bool {
        switch self {
        case .note, .group, .repeatGroup, .calculate, .hidden, .metadata: false
        default: true
        }
    }

    public var isGroup: Bool { self == .group || self == .repeatGroup }

    /// The choice list of a select_one, select_multiple or rank.
    public var list: String? {
        switch self {
        case .selectOne(let list), .selectMultiple(let list), .rank(let list): list
        default: nil
        }
    }
}
