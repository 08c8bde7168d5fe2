import CanvassCommandLine
import CanvassSurvey

/// What is said about the languages of a questionnaire.
enum LanguageText {
    /// Warns where texts were asked for in a language that the form is not written in.
    static func warn(of language: String?, in form: Form, on output: Output) {
        guard let language, form.language(matching: language) == nil else { return }
        output.warn(StyledText("there are no texts in \"\(language)\"; the survey has \(list(of: form))"))
    }

    /// "English (en), Français (fr)"
    static func list(of form: Form) -> String {
        form.spokenLanguages.isEmpty
            ? "texts in one language without a name" : form.spokenLanguages.joined(separator: ", ")
    }
}
