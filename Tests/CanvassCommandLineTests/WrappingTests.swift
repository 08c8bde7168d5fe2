import CanvassCommandLine
import Testing

@Suite struct WrappingTests {
    @Test(arguments: [
        ("one two three", 7, ["one two", "three"]),
        ("one  two", 80, ["one two"]),
        ("a\n\nb", 80, ["a", "", "b"]),
        ("", 10, [""]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("x abcdefgh y", 3, ["x", "abc", "def", "gh", "y"]),
        ("您有多大可能，好", 6, ["您有多", "大可", "能，好"]),
        ("Visit 北京 today", 8, ["Visit 北", "京 today"]),
        ("ok\u{202F}? oui", 4, ["ok\u{202F}?", "oui"]),
        ("您", 1, ["您"]),
    ])
    func `lines break where the script allows it`(_ text: String, _ width: Int, _ expected: [String]) {
        #expect(wrap(text, width: width) == expected)
    }

    @Test func `the indent is part of the width`() {
        #expect(wrap("one two three", width: 9, indent: "  ") == ["  one two", "  three"])
    }

    @Test func `nothing is lost and no line is too long`() {
        let text = "The quick brown 狐狸 jumps، over الكلب الكسول a\u{301}e\u{301}i\u{301} 👩‍👩‍👧‍👦👍🏽 supercalifragilistic"
        for width in 2...40 {
            let lines = wrap(text, width: width)
            #expect(lines.allSatisfy { DisplayWidth.of($0) <= width })
            #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
        }
    }
}
