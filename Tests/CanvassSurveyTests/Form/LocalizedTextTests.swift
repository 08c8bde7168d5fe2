import CanvassSurvey
import Testing

@Suite struct LocalizedTextTests {
    static let label = LocalizedText([
        .init("English (en)", "Yes"), .init("Español (es)", "Sí"), .init("português (pt-BR)", "Sim"),
        .init("fr", "Oui"),
        .init("Deutsch (de)", ""),
    ])

    @Test(arguments: [
        ("English (en)", "Yes"), ("en", "Yes"), ("EN", "Yes"), ("english", "Yes"), ("es", "Sí"), ("Español", "Sí"),
        ("es-MX", "Sí"), ("es_MX", "Sí"), ("pt", "Sim"), ("pt-PT", "Sim"), ("Français (fr)", "Oui"), ("fr", "Oui"),
    ]) func `a language is found however it is written`(language: String, expected: String) {
        #expect(Self.label.text(in: language, default: "xx") == expected)
    }

    @Test func `what is not translated falls back to the default, then untranslated, then the first`() {
        #expect(Self.label.text(in: "ar", default: "es") == "Sí")
        #expect(Self.label.text(in: "de", default: "es") == "Sí")
        #expect(Self.label.text(in: "ar", default: nil) == "Yes")
        #expect(LocalizedText([.init("en", "a"), .init("", "b")]).text(in: "ar", default: "sw") == "b")
        #expect(LocalizedText([.init("", "b")]).text() == "b")
        #expect(LocalizedText().text(in: "en") == "")
    }
}
