import CanvassCommandLine
import Testing

@Suite struct DisplayWidthTests {
    /// The six languages that the sample campaign is held in.
    @Test(arguments: [
        ("How likely are you to recommend us?", 35),
        ("Cât de probabil este să ne recomandați?", 39),
        ("Ca\u{302}t de probabil este sa\u{306} ne recomandat\u{326}i?", 39),
        ("您有多大可能向朋友推荐我们？", 28),
        ("ما مدى احتمال أن توصي بنا؟", 26),
        ("كَتَبَ", 3),
        ("Seberapa besar kemungkinan Anda merekomendasikan kami?", 54),
        ("Quelle est la probabilité que vous nous recommandiez\u{202F}?", 54),
    ])
    func `the width of six languages`(_ text: String, _ expected: Int) {
        #expect(DisplayWidth.of(text) == expected)
    }

    @Test(arguments: [
        ("", 0), ("a\u{300}\u{301}\u{302}", 1), ("ＡＢ", 4), ("ｱｲ", 2), ("한글", 4), ("\u{1112}\u{1161}\u{11AB}", 2),
        ("👍", 2), ("👍🏽", 2), ("👩‍👩‍👧‍👦", 2), ("🇷🇴", 2), ("❤\u{FE0F}", 2), ("❤", 1), ("1\u{FE0F}\u{20E3}", 2), ("★", 1),
        ("คำ", 2), ("\u{200B}\u{200F}", 0), ("𠀀", 2), ("\u{7}\n", 0), ("é", 1),
    ])
    func `the width of marks, wide characters and emoji`(_ text: String, _ expected: Int) {
        #expect(DisplayWidth.of(text) == expected)
    }
}
