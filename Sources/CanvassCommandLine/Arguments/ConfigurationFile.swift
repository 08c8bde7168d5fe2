/// A file with the options that a person does not want to type each time: a line for each, `name = value`.
///
/// ```
/// # Lines that begin with # say something to people.
/// listen = 127.0.0.1:8787
/// backup-every = 1d
/// ```
///
/// The names are those of the long options, of any command of the program; a command passes over what is another's. What
/// stands on the command line, or in a variable, counts instead.
package struct ConfigurationFile: Sendable {
    /// The option that names the file.
    package let option: Option<String?>
    /// Reads a file whole.
    let read: @Sendable (String) throws(UserError) -> String

    package init(
        option: Option<String?>, read: @escaping @Sendable (String) throws(UserError) -> String
    ) {
        self.option = option
        self.read = read
    }

    struct Line: Equatable {
        let name: String
        let value: String
        /// From 1.
        let number: Int
    }

    /// - Throws: `UserError`, which names the line.
    static func lines(of text: String, path: String) throws(UserError) -> [Line] {
        var lines: [Line] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated()
        {
            let content = trimmed(line)
            guard !content.isEmpty, content.first != "#" else { continue }
            let place = "\(path), line \(index + 1)"
            guard let equals = content.firstIndex(of: "=") else {
                throw UserError(
                    code: "usage.configuration", "this line is no option and its value", place: place,
                    remedy: "Write NAME = VALUE, or # before what is for people.", exitCode: .usage)
            }
            let name = trimmed(content[..<equals])
            let value = trimmed(content[content.index(after: equals)...])
            lines.append(Line(name: String(name), value: String(value), number: index + 1))
        }
        return lines
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}
