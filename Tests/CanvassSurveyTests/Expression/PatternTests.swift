import CanvassSurvey
import Testing

@Suite struct PatternTests {
    static let cases: [(String, String, Bool)] = [
        ("", "", true), ("", "a", false), ("abc", "abc", true), ("abc", "abcd", false), ("a.c", "axc", true),
        ("a.c", "a\nc", false), ("[a-c]+", "abcabc", true), ("[^a-c]+", "xyz", true), ("[^a-c]", "a", false),
        ("a|bc", "bc", true), ("a|bc", "ac", false), ("(a|b)*c", "ababc", true), ("(?:ab){2}", "abab", true),
        ("a{2,3}", "aa", true), ("a{2,3}", "aaaa", false), ("a{2,}", "aaaaa", true), ("a{0}", "", true),
        ("a?b", "b", true), ("a+?b", "aab", true), ("^abc$", "abc", true), ("a^b", "ab", false),
        ("\\d{3}", "123", true),
        ("\\D", "1", false), ("\\w+", "a_1", true), ("\\s", "\t", true), ("\\.", ".", true), ("\\.", "x", false),
        ("[.]", "x", false), ("[]a]", "]", true), ("[a-]", "-", true), ("[\\d-]+", "1-2", true),
        ("\\p{L}+", "źdźbło", true),
        ("\\p{Lu}\\p{Ll}", "Éa", true), ("(a*)*", "aaaa", true), ("(|a)+", "aa", true), ("[\\]]", "]", true),
        ("[0-9]{10}", "0612345678", true), ("[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}", "a.b@c.org", true),
        ("(0[1-9]|1[0-2])/20\\d\\d", "13/2017", false), ("}", "}", true),
    ]

    @Test(arguments: cases) func `a pattern matches whole texts`(pattern: String, text: String, isMatch: Bool) throws {
        #expect(try Pattern(pattern).matches(text) == isMatch, "\(pattern) on \(text)")
    }

    @Test(arguments: [
        "(", ")", "[a", "[", "a{", "a{2", "a{3,1}", "a{1001}", "*a", "a**", "a++", "\\", "\\1", "\\b", "(?=a)",
        "(?<n>a)",
        "[z-a]", "[[a]]", "\\p{Greek}", "\\p{", "((a{100}){100}){100}", "((){1000}){1000}", "[a&&b]",
        String(repeating: "(", count: 10_000), String(repeating: "a", count: 5000),
    ]) func `an unsupported or oversized pattern is refused`(pattern: String) {
        #expect(throws: Pattern.Failure.self) { try Pattern(pattern) }
    }

    @Test func `patterns that make backtracking explode are answered at once`() throws {
        let text = String(repeating: "a", count: 5000) + "!"
        for pattern in ["(a+)+", "(a|aa)+", "(a*)*b", "(.*)*x"] {
            #expect(try !Pattern(pattern).matches(text), "\(pattern)")
        }
    }
}
