import CanvassCoding
import CanvassCommandLine

/// The JSON text that `--answers` names.
struct AnswersFile {
    let responses: [[Value.Member]]
    /// Whether the text is a list, of however many responses.
    let isList: Bool

    /// Far more than one collector takes in a day.
    private static let mostBytes = 1 << 26
    /// What Windows programs put before UTF-8 (Unicode Standard, section 23.8).
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    init(path: String) throws(UserError) {
        let place = path == "-" ? "standard input" : path
        var bytes = try InputFile.read(path, mostBytes: Self.mostBytes)
        guard !Self.isUTF16(bytes) else {
            throw UserError(
                code: "answers.not-utf8", "the answers are written in UTF-16", place: place,
                remedy: "Save the file as UTF-8.")
        }
        if bytes.starts(with: Self.byteOrderMark) { bytes.removeFirst(Self.byteOrderMark.count) }
        let value: Value
        do {
            value = try JSON.decode(bytes)
        } catch {
            let position = JSON.position(of: error.offset, in: bytes)
            throw UserError(
                code: "answers.not-json", "the answers are not JSON",
                place: "\(place), line \(position.line), column \(position.column)", why: error.reason,
                remedy: "Write an object of question and value, such as {\"recommend\": 9}.")
        }
        let elements = value.listValue ?? [value]
        var responses: [[Value.Member]] = []
        for (index, element) in elements.enumerated() {
            guard let members = element.mapValue else {
                throw UserError(
                    code: "answers.no-object", "the answers are no object of question and value",
                    place: value.listValue == nil ? place : "\(place), element \(index + 1)",
                    remedy: "Write them as {\"QUESTION\": VALUE}; `canvass survey show SURVEY` lists the questions.")
            }
            responses.append(members)
        }
        self.responses = responses
        isList = value.listValue != nil
    }

    /// JSON begins with an ASCII character, which UTF-16 writes with a zero byte before or behind it, or with its own
    /// byte order mark.
    private static func isUTF16(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 2 else { return false }
        return switch (bytes[0], bytes[1]) {
        case (0xFE, 0xFF), (0xFF, 0xFE), (0, _), (_, 0): true
        default: false
        }
    }
}
