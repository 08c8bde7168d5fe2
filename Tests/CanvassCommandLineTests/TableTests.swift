import CanvassCommandLine
import Testing

@Suite struct TableTests {
    static var table: Table {
        var table = Table([.init("Survey"), .init("Responses", .right), .init("Title")])
        table.add(["visit", "12", "您有多大可能"])
        table.add(["shop", "1,234", "Cât de probabil este să ne recomandați?"])
        return table
    }

    @Test func `a pipe gets aligned columns in full`() {
        #expect(
            Self.table.lines(width: nil).map(\.plain) == [
                "Survey  Responses  Title",
                "visit          12  您有多大可能",
                "shop        1,234  Cât de probabil este să ne recomandați?",
            ])
    }

    @Test func `a terminal gets the widest column truncated`() {
        let lines = Self.table.lines(width: 30)
        #expect(
            lines.map(\.plain) == [
                "Survey  Responses  Title",
                "visit          12  您有多大可…",
                "shop        1,234  Cât de pro…",
            ])
        #expect(lines.allSatisfy { $0.width <= 30 })
    }

    @Test func `numbers are never truncated`() {
        #expect(Self.table.lines(width: 5).map(\.plain)[2].contains("1,234"))
    }

    @Test func `control characters in cells are escaped and do not break the layout`() {
        var table = Table([.init("A"), .init("B")])
        let hostile = "x\n\u{1B}[2Jy\t"
        table.add(["\(hostile)", "b"])
        #expect(table.lines(width: nil).map(\.plain) == ["A                B", #"x\n\u{1B}[2Jy\t  b"#])
    }

    @Test func `a table without rows is its header`() {
        #expect(Table([.init("A")]).lines(width: 10).map(\.plain) == ["A"])
        #expect(Table([]).lines(width: 10).map(\.plain) == [""])
    }
}
