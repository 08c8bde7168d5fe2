import CanvassCoding
import CanvassSurvey

/// Answers and other values as people read them.
enum AnswerText {
    /// "4", "Red, Green", "37.6, -122.4"
    static func plain(_ value: Value) -> String {
        switch value {
        case .null: ""
        case .text(let text): text
        case .list(let parts): parts.map(plain).joined(separator: ", ")
        default: JSON.encode(value)
        }
    }

    /// The same with the labels of choices behind their codes: "4 (Good)".
    ///
    /// - Parameter item: the question; nil where it is not known.
    static func labelled(_ value: Value, of item: Form.Item?, in form: Form?, language: String?) -> String {
        let choices = item?.type.list.flatMap { form?.choiceList(named: $0) }?.choices ?? []
        func text(_ code: Value) -> String {
            let code = plain(code)
            let label =
                choices.first { $0.name == code }?.label.text(in: language, default: form?.defaultLanguage) ?? ""
            return label.isEmpty || label == code ? code : "\(code) (\(label))"
        }
        guard !choices.isEmpty else { return plain(value) }
        return (value.listValue ?? [value]).map(text).joined(separator: ", ")
    }
}
