import CanvassCoding

extension LocalizedText {
    /// The text in the language wanted, else in the form's default language, else untranslated, else in the first
    /// language that has one; empty only where there is no text at all.
    ///
    ///     label.text(in: "es", default: "English (en)")   // finds "Español (es)"
    public func text(in language: String? = nil, default defaultLanguage: String? = nil) -> String {
        if translations.count == 1 { return translations[0].text }
        for wanted in [language, defaultLanguage] {
            guard let wanted, !wanted.isEmpty else { continue }
            if let text = translation(in: wanted) { return text }
        }
        let given = translations.filter { !$0.text.isEmpty }
        return (given.first { $0.language.isEmpty } ?? given.first)?.text ?? ""
    }

    /// The best match in one language, exact names before codes before codes of the same main language.
    private func translation(in wanted: String) -> String? {
        let given = translations.filter { !$0.text.isEmpty && !$0.language.isEmpty }
        if let exact = given.first(where: { $0.language.hasSameBytes(as: wanted) }) { return exact.text }
        let tag = LanguageTag(wanted)
        var best: (closeness: Int, text: String)?
        for candidate in given {
            let closeness = LanguageTag(candidate.language).closeness(to: tag)
            if closeness > best?.closeness ?? 0 { best = (closeness, candidate.text) }
        }
        return best?.text
    }
}

/// A language as a sheet may write it: "English (en)", "English", "en" or "pt-BR".
struct LanguageTag: Hashable {
    /// The language's name, or what stands there alone, in lower case.
    let name: String
    /// The BCP 47 code in lower case with hyphens; the name itself where no code stands in brackets.
    let code: String

    init(_ text: String) {
        let trimmed = text.trimmedOfSpace.lowercased()
        if trimmed.hasSuffix(")"), let open = trimmed.lastIndex(of: "(") {
            name = String(trimmed[..<open]).trimmedOfSpace
            code = Self.normalised(String(trimmed[trimmed.index(after: open)...].dropLast()).trimmedOfSpace)
        } else {
            name = trimmed
            code = Self.normalised(trimmed)
        }
    }

    /// 3 for the same name or code, 1 for codes of one main language ("pt" and "pt-BR"), 0 for different languages.
    func closeness(to other: LanguageTag) -> Int {
        if code == other.code || (!name.isEmpty && name == other.name) { return 3 }
        return code.split(separator: "-").first == other.code.split(separator: "-").first ? 1 : 0
    }

    private static func normalised(_ code: String) -> String {
        String(code.map { $0 == "_" ? "-" : $0 })
    }
}
