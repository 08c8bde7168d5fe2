package import CanvassCoding

/// Where a command writes: results to standard output, everything about the work to standard error.
///
/// With `--json` standard output holds one JSON document (work that goes on: one a line) and nothing else, and standard error one JSON object a line.
package struct Output: Sendable {
    /// The name before an error: "canvass".
    package let program: String
    package let standard: TextStream
    package let errors: TextStream
    package let isJSON: Bool

    package init(program: String, standard: TextStream, errors: TextStream, isJSON: Bool) {
        self.program = program
        self.standard = standard
        self.errors = errors
        self.isJSON = isJSON
    }

    /// The width to lay out for; nil for a pipe, where nothing is cut.
    package var columns: Int? {
        standard.capabilities.isTerminal ? standard.capabilities.columns : nil
    }

    /// Writes a result as JSON, always indented by two spaces and with members in the order they were given, so that the
    /// same answer is the same text on a screen, in a file and in a diff.
    package func emit(_ value: Value) {
        let json = ControlCharacters.escapeJSON(JSON.encode(value, pretty: true))
        writeResult { standard.write(raw: json + "\n") }
    }

    /// Writes one of many results as JSON, on a line of its own, at once: for work that goes on.
    package func emitLine(_ value: Value) {
        let json = ControlCharacters.escapeJSON(JSON.encode(value, pretty: false))
        writeResult { standard.write(raw: json + "\n") }
        standard.flush()
    }

    /// Writes a line of the result for a person; nothing with `--json`.
    package func print(_ text: StyledText = "") {
        guard !isJSON else { return }
        writeResult { standard.write(text) }
    }

    package func print(_ table: Table) {
        for line in table.lines(width: columns, ellipsis: standard.capabilities.ellipsis) { print(line) }
    }

    package func print(_ list: KeyValueList) {
        for line in list.lines(width: columns) { print(line) }
    }

    /// Says something about the work that is not its result; nothing with `--json`.
    package func note(_ text: StyledText) {
        if !isJSON { errors.write(text) }
    }

    /// Says that something is not as it should be, though the work goes on.
    package func warn(_ text: StyledText) {
        if isJSON {
            writeError(["warning": ["message": .text(text.plain)]])
        } else {
            errors.write("\(program): \("warning:", [.bold, .magenta]) \(text)")
        }
        // The work goes on, perhaps for long.
        errors.flush()
    }

    /// Says why the command could not do its work. The caller then exits with `error.exitCode`.
    package func fail(_ error: UserError) {
        standard.flush()
        guard !isJSON else {
            writeError(["error": error.value])
            return
        }
        var text: StyledText = "\(program): \(error.what, .red)"
        for detail in error.details { text += "\n  \(detail.label, .bold): \(detail.text)" }
        errors.write(text)
    }

    /// Shows how far long work has come.
    /// - Parameters:
    ///   - label: what is being done: "Importing".
    ///   - total: nil when nobody knows.
    ///   - unit: what is counted, in the plural: "responses".
    package func progress(_ label: String, total: Int64? = nil, unit: String) -> ProgressLine {
        ProgressLine(label, total: total, unit: unit, stream: errors)
    }

    /// A status line stands on the terminal that the result goes to, and has to make room for it.
    private func writeResult(_ write: () -> Void) {
        standard.capabilities.isTerminal ? errors.withoutStatus(write) : write()
    }

    private func writeError(_ value: Value) {
        errors.write(raw: ControlCharacters.escapeJSON(JSON.encode(value, pretty: false)) + "\n")
    }
}

extension UserError {
    /// `code`, `message`, and whatever else is known.
    fileprivate var value: Value {
        var members: [Value.Member] = [.init("code", .text(code)), .init("message", .text(what))]
        for (key, text) in [("where", place), ("why", why), ("remedy", remedy)] where !text.isEmpty {
            members.append(.init(key, .text(text)))
        }
        return .map(members)
    }
}
