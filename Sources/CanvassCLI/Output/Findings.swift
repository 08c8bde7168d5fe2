import CanvassCoding
import CanvassCommandLine
import CanvassSurvey

extension Output {
    /// The width for texts that are wrapped: that of the terminal, at most a comfortable line.
    var textWidth: Int { min(columns ?? 80, 80) }

    /// Prints data in lines of at most `textWidth` cells.
    func print(wrapped text: String, indent: String = "", _ style: Style = .plain) {
        for line in wrap(ControlCharacters.escape(text), width: textWidth, indent: indent) {
            print(StyledText(line, style))
        }
    }

    /// Says something about the work in lines of at most `textWidth` cells.
    func note(wrapped text: String, indent: String = "") {
        for line in wrap(ControlCharacters.escape(text), width: textWidth, indent: indent) { note(StyledText(line)) }
    }

    /// Shows what is wrong with answers: each question with its text, the reason, and what to do.
    func print(_ findings: [Finding]) {
        for finding in findings {
            print("  \(finding.question, .bold): \(finding.message, .red)")
            if finding.label != finding.question { print(wrapped: finding.label, indent: "    ", .dim) }
            if !finding.remedy.isEmpty { print(wrapped: finding.remedy.asSentence, indent: "    ") }
        }
    }
}

extension Finding {
    var value: Value {
        [
            "kind": .text(kind.rawValue), "question": .text(question), "label": .text(label),
            "message": .text(message), "remedy": .text(remedy.asSentence),
        ]
    }
}
