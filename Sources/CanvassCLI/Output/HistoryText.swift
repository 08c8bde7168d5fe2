import Canvass
import CanvassCoding
import CanvassCommandLine

/// What happened to a response, in words.
struct HistoryText {
    /// Whether the terminal shows an ellipsis and curly quotes.
    let isUTF8: Bool

    /// Cells of a question's text, and of an answer of free text, within a sentence.
    private static let longestQuestion = 40
    private static let longestAnswer = 60

    /// "3  2026-11-21 22:38  Supervisor, device 01M8…"
    func heading(_ entry: HistoryEntry) -> StyledText {
        "\(entry.number, .bold)  \(TimeText.local(entry.milliseconds))  \(origin(entry))"
    }

    /// "Supervisor, device 01M8…"
    func origin(_ entry: HistoryEntry) -> String {
        let device = "device \(entry.device)"
        return entry.author == device ? device : "\(entry.author), \(device)"
    }

    /// "2023-11-21 22:38 by the relay's clock"; nil where that is the author's, or not known.
    func correction(_ entry: HistoryEntry) -> String? {
        TimeText.correction(of: entry.milliseconds, to: entry.correctedMilliseconds)
    }

    /// One sentence a thing that the change did, without a full stop.
    func sentences(_ entry: HistoryEntry) -> [String] {
        var sentences: [String] = []
        switch entry.event {
        case .created:
            let answers = entry.fields.filter { !$0.field.hasPrefix("@") && $0.after != nil }
            sentences.append("recorded the response with \(CountText.of(answers.count, "answer"))")
            sentences += answers.filter { !$0.beside.isEmpty }.map(sentence)
        case .deleted: sentences.append("deleted the response")
        case .restored: sentences.append("brought the response back")
        case .changed: break
        }
        if entry.event != .created { sentences += entry.fields.map(sentence) }
        if entry.unknownOperations > 0 {
            sentences.append("did what only a newer version of Canvass understands")
        }
        return sentences.isEmpty ? ["changed nothing"] : sentences
    }

    /// "changed recommend (How likely …) from 9 to 8"
    private func sentence(_ change: HistoryEntry.FieldChange) -> String {
        let name = name(change.field, question: change.question)
        let others = change.before.dropFirst()
        var sentence: String
        switch (change.before.first, change.after) {
        case (nil, let after?): sentence = "set \(name) to \(answer(after))"
        case (nil, nil): sentence = "cleared \(name), which had no answer"
        case (let before?, nil): sentence = "cleared \(name), which was \(answer(before))"
        case (_?, let after?) where !others.isEmpty:
            sentence = "settled \(name): \(answer(after)), in place of \(list(change.before))"
        case (let before?, let after?) where before == after: sentence = "confirmed \(name) as \(answer(after))"
        case (let before?, let after?):
            sentence = "changed \(name) from \(answer(before)) to \(answer(after))"
        }
        if !change.beside.isEmpty { sentence += "; in conflict with \(list(change.beside))" }
        return sentence
    }

    /// "recommend (How likely …)"; a field of the response itself without its mark.
    func name(_ field: String, question: String?) -> String {
        let name = field.hasPrefix("@") ? "the response's " + field.dropFirst() : field
        guard let question, !question.isEmpty else { return name }
        return "\(name) (\(shortened(question, to: Self.longestQuestion)))"
    }

    /// 8, “a text”, nothing
    func answer(_ value: Value?) -> String {
        let text = value.map(AnswerText.plain) ?? ""
        guard !text.isEmpty else { return "nothing" }
        guard case .text? = value, text.contains(" ") else { return shortened(text, to: Self.longestAnswer) }
        let quoted = shortened(text, to: Self.longestAnswer)
        return isUTF8 ? "“\(quoted)”" : "\"\(quoted)\""
    }

    private func list(_ values: [Value]) -> String {
        values.map { answer($0) }.joined(separator: " and ")
    }

    private func shortened(_ text: String, to length: Int) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.count <= length ? line : line.prefix(length - 1) + (isUTF8 ? "…" : "...")
    }
}
