extension Form {
    /// Every language that texts of the form are written in, as the sheet names them; the default one leads where only
    /// columns without a language are in it.
    package var spokenLanguages: [String] {
        guard let defaultLanguage, language(matching: defaultLanguage, among: languages) == nil else {
            return languages
        }
        return [defaultLanguage] + languages
    }

    /// The language of the form that a name or code means: "English (en)" for "en", "EN", "english" and "en-GB".
    package func language(matching wanted: String) -> String? {
        language(matching: wanted, among: spokenLanguages)
    }

    /// What a response records as its language: the code where the name has one, "en" of "English (en)".
    package static func code(ofLanguage name: String) -> String {
        guard name.hasSuffix(")"), let open = name.lastIndex(of: "(") else { return name }
        let code = String(name[name.index(after: open)...].dropLast()).trimmedOfSpace
        return code.isEmpty ? name : code
    }

    /// The closest, and of several the first.
    private func language(matching wanted: String, among names: [String]) -> String? {
        let tag = LanguageTag(wanted)
        var best: (closeness: Int, name: String)?
        for name in names {
            let closeness = LanguageTag(name).closeness(to: tag)
            if closeness > best?.closeness ?? 0 { best = (closeness, name) }
        }
        return best?.name
    }
}
