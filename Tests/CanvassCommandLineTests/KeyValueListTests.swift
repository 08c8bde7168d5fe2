import CanvassCommandLine
import Testing

@Suite struct KeyValueListTests {
    static var list: KeyValueList {
        var list = KeyValueList()
        list.add("Replica", "one two three four five six seven")
        list.add("姓名", "a\u{1B}b", .green)
        return list
    }

    @Test func `values stand in one column and wrap there`() {
        #expect(
            Self.list.lines(width: 30).map(\.plain) == [
                "Replica  one two three four", "         five six seven", #"姓名     a\u{1B}b"#,
            ])
    }

    @Test func `a pipe gets one line a value`() {
        #expect(Self.list.lines(width: nil).count == 2)
    }
}
