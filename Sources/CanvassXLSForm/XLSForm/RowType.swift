import CanvassSurvey

/// What the type column of a survey row says, in any of the spellings that XLSForm tools accept
/// (https://xlsform.org/en/#question-types and the older names of pyxform's type dictionary).
enum RowType: Hashable {
    case question(Form.ItemType)
    case begin(Form.ItemType)
    case end(Form.ItemType)
    /// A select with something wrong in it.
    case malformed(message: String, remedy: String)
    /// A select as it is read, with something in it that is left out.
    case partial(Form.ItemType, message: String, remedy: String)

    /// - Parameter text: the cell, not empty.
    init(_ text: String) {
        let words = text.words
        // Case, underscores and repeated blanks do not matter, except in the name of a list.
        let spelled = words.map { $0.lowercased().split(separator: "_").joined(separator: " ") }
        let phrase = spelled.joined(separator: " ")
        if let boundary = Self.boundaries[phrase] {
            self = boundary
        } else if let type = Self.types[Self.plain(phrase)] {
            self = .question(type)
        } else {
            self = Self.select(words, spelled) ?? .question(.unknown(text))
        }
    }

    private static let boundaries: [String: RowType] = {
        var boundaries: [String: RowType] = [:]
        let kinds: [(String, Form.ItemType)] = [
            ("group", .group), ("repeat", .repeatGroup), ("lgroup", .repeatGroup), ("looped group", .repeatGroup),
        ]
        for (name, type) in kinds {
            boundaries["begin \(name)"] = .begin(type)
            boundaries["end \(name)"] = .end(type)
        }
        return boundaries
    }()

    /// Keys are spelled as `plain` leaves them.
    private static let types: [String: Form.ItemType] = [
        "text": .text, "string": .text, "int": .integer, "integer": .integer, "decimal": .decimal, "date": .date,
        "time": .time, "datetime": .dateTime, "date time": .dateTime, "geopoint": .geopoint, "location": .geopoint,
        "gps": .geopoint, "barcode": .barcode, "acknowledge": .acknowledge, "trigger": .acknowledge, "note": .note,
        "calculate": .calculate, "calculation": .calculate, "hidden": .hidden,
        "range": .range(start: 1, end: 10, step: 1), "image": .image, "photo": .image, "picture": .image,
        "audio": .audio,
        "video": .video, "file": .file,
        "start": .metadata("start"), "start time": .metadata("start"), "end": .metadata("end"),
        "end time": .metadata("end"), "today": .metadata("today"), "deviceid": .metadata("deviceid"),
        "device id": .metadata("deviceid"), "imei": .metadata("deviceid"), "username": .metadata("username"),
        "email": .metadata("email"), "phonenumber": .metadata("phonenumber"), "phone number": .metadata("phonenumber"),
        "simserial": .metadata("simserial"), "sim id": .metadata("simserial"),
        "subscriberid": .metadata("subscriberid"),
        "subscriber id": .metadata("subscriberid"), "audit": .metadata("audit"),
        "start-geopoint": .metadata("start-geopoint"), "background-audio": .metadata("background-audio"),
    ]

    /// A phrase without the decoration of older spellings: "add image prompt", "q image", "get start time",
    /// "uri:email".
    private static func plain(_ phrase: String) -> String {
        var rest = phrase[...]
        for prefix in ["add ", "q ", "get ", "uri:"] where rest.hasPrefix(prefix) {
            rest = rest.dropFirst(prefix.count)
            break
        }
        if rest.hasSuffix(" prompt") { rest = rest.dropLast(" prompt".count) }
        return String(rest)
    }

    // MARK: Selects

    private enum Select {
        case one, multiple, rank
        /// Choices from another file, which this version does not read.
        case external
    }

    private static let selects: [String: Select] = [
        "select one": .one, "select one from": .one, "select one using": .one, "select1": .one, "q select1": .one,
        "add select one prompt using": .one,
        "select multiple": .multiple, "select multiple from": .multiple, "select multiple using": .multiple,
        "select all that apply": .multiple, "select all that apply from": .multiple, "q select": .multiple,
        "add select multiple prompt using": .multiple,
        "rank": .rank,
        "select one external": .external, "select one from file": .external, "select multiple from file": .external,
    ]

    /// The longest beginning that is a select's name and leaves a list; nil for what is no select that can be read.
    private static func select(_ words: [String], _ spelled: [String]) -> RowType? {
        var lacksList = false
        for count in (1...min(6, words.count)).reversed() {
            guard let select = selects[spelled[..<count].joined(separator: " ")] else { continue }
            if count < words.count {
                return row(select, list: words[count], tail: spelled[(count + 1)...].joined(separator: " "))
            }
            lacksList = true
        }
        guard lacksList else { return nil }
        return .malformed(
            message: "The type \(quoted(words.joined(separator: " "))) names no list of choices",
            remedy: "Write the list's name after it, as in \"select_one colours\".")
    }

    private static func row(_ select: Select, list: String, tail: String) -> RowType? {
        // "${name}" takes the choices from the answers of a repeat.
        guard !list.hasPrefix("${") else { return nil }
        let type: Form.ItemType
        switch select {
        case .one: type = .selectOne(list: list)
        case .multiple: type = .selectMultiple(list: list)
        case .rank: type = .rank(list: list)
        case .external: return nil
        }
        switch tail {
        case "": return .question(type)
        case "or other", "or specify other":
            return .partial(
                type, message: "\"or_other\" is not supported: no choice \"other\" is added",
                remedy: "Add a choice \"other\" to the list \(quoted(list)), and a text question relevant to it.")
        default:
            return .malformed(
                message: "The type has words after the list \(quoted(list)): \(quoted(tail))",
                remedy: "Write the type as \"select_one list\"; a list's name holds no blanks.")
        }
    }
}
