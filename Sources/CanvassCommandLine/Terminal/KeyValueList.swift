/// What is known about one thing: labels in one column, values beside them.
package struct KeyValueList: Sendable {
    private struct Entry: Sendable {
        let key: String
        let value: String
        let style: Style
    }

    private var entries: [Entry] = []

    package init() {}

    /// Adds a line. Control characters in the value are escaped.
    package mutating func add(_ key: String, _ value: String, _ style: Style = .plain) {
        entries.append(Entry(key: key, value: value, style: style))
    }

    /// - Parameter width: in cells; nil for a pipe, where values are not wrapped.
    package func lines(width: Int?) -> [StyledText] {
        let keyWidth = (entries.map { DisplayWidth.of($0.key) }.max() ?? 0) + 2
        return entries.flatMap { entry in
            let value = ControlCharacters.escape(entry.value)
            // A narrow window gets overlong lines rather than one word a line.
            let wrapped = width.map { wrap(value, width: max($0 - keyWidth, 20)) } ?? [value]
            return wrapped.enumerated().map { index, line in
                StyledText(index == 0 ? entry.key : "", .bold).padded(to: keyWidth) + StyledText(line, entry.style)
            }
        }
    }
}
