import Testing

@testable import CanvassCommandLine

@Suite struct StyledTextTests {
    @Test(arguments: [
        ("a\u{1B}[31mb", #"a\u{1B}[31mb"#), ("bell\u{7}", #"bell\u{7}"#), ("a\r\nb", #"a\r\nb"#), ("tab\t", #"tab\t"#),
        ("\u{9B}31m", #"\u{9B}31m"#), ("\u{7F}", #"\u{7F}"#), ("abc\u{202E}cba", #"abc\u{202E}cba"#),
        ("\u{2066}x\u{2069}", #"\u{2066}x\u{2069}"#), ("\u{2028}", #"\u{2028}"#), ("\0", #"\u{0}"#),
    ])
    func `control characters of data are spelled out`(_ data: String, _ expected: String) {
        #expect(StyledText(data).plain == expected)
        #expect(("\(data, .bold)" as StyledText).plain == expected)
    }

    @Test(arguments: ["Ștefan", "مرحبا", "می\u{200C}خواهم", "\u{200F}12", "👩‍👩‍👧‍👦", "您好", "caf\u{65}\u{301}"])
    func `what a language needs stays byte for byte`(_ data: String) {
        #expect(Array(StyledText(data).plain.utf8) == Array(data.utf8))
    }

    @Test func `newlines of the program stay, those of data do not`() {
        let data = "two\nlines"
        #expect(("a\n\(data)\n" as StyledText).plain == "a\ntwo\\nlines\n")
        #expect(StyledText(lines: data).plain == data)
    }

    @Test func `styles are written only where there is colour`() {
        let text: StyledText = "\("7", [.bold, .green]) saved"
        #expect(text.rendered(hasColor: true) == "\u{1B}[1;32m7\u{1B}[0m saved")
        #expect(text.rendered(hasColor: false) == "7 saved")
        #expect(text.width == 7)
    }

    static let samples = [
        "How likely are you", "Ca\u{302}t de probabil", "您有多大可能向朋友", "كَتَبَ إلى", "👩‍👩‍👧‍👦👍🏽🇷🇴x", "Quelle est la",
        "Seberapa besar",
    ]

    @Test(arguments: samples)
    func `truncation fits, never splits a grapheme, and keeps all that it can`(_ sample: String) {
        let full = DisplayWidth.of(sample)
        for width in 0...full + 1 {
            let cut = StyledText(sample).truncated(to: width)
            #expect(cut.width <= width)
            if width >= full {
                #expect(cut.plain == sample)
            } else if width > 0 {
                let kept = cut.plain.dropLast()
                #expect(cut.plain.last == "…")
                #expect(Array(sample).starts(with: Array(kept)))
                let next = Array(sample)[kept.count]
                #expect(cut.width + DisplayWidth.of(next) > width)
            }
        }
    }

    @Test func `truncation keeps styles and counts across runs`() {
        let text: StyledText = "\("abc", .red)\("def", .blue)"
        #expect(
            text.truncated(to: 5).rendered(hasColor: true)
                == "\u{1B}[31mabc\u{1B}[0m\u{1B}[34md\u{1B}[0m\u{1B}[34m…\u{1B}[0m")
        #expect(text.truncated(to: 5, ellipsis: "...").plain == "ab...")
        #expect(text.truncated(to: 2, ellipsis: "...").plain == "..")
    }

    @Test func `padding counts cells`() {
        #expect(StyledText("您好").padded(to: 6).plain == "您好  ")
        #expect(StyledText("12").padded(to: 5, alignment: .right).plain == "   12")
        #expect(StyledText("long").padded(to: 2).plain == "long")
    }

    @Test func `JSON is escaped where a terminal would act on it`() {
        #expect(ControlCharacters.escapeJSON("\"\u{9B}31m\u{7F}\u{202E}é\"") == #""\u009b31m\u007f\u202eé""#)
    }
}
