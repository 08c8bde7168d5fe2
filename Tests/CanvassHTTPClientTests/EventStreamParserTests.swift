import CanvassHTTPClient
import Testing

/// The examples of section 9.2.6 of the HTML standard, and what else may come.
@Suite struct EventStreamParserTests {
    /// Everything at once, and again byte by byte: the same events.
    private func events(_ text: String) throws -> [ServerSentEvent] {
        var whole = EventStreamParser()
        let events = try whole.feed(Array(text.utf8))
        var bytewise = EventStreamParser()
        var again: [ServerSentEvent] = []
        for byte in text.utf8 { again += try bytewise.feed([byte]) }
        #expect(again == events)
        return events
    }

    private func message(_ data: String, id: String = "", type: String = "message") -> ServerSentEvent {
        ServerSentEvent(id: id, type: type, data: data)
    }

    @Test func `the examples of the standard`() throws {
        #expect(try events("data: YHOO\ndata: +2\ndata: 10\n\n") == [message("YHOO\n+2\n10")])
        #expect(
            try events(": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n")
                == [message("first event", id: "1"), message("second event")])
        #expect(try events("data\n\ndata\ndata\n\ndata:") == [message(""), message("\n")])
        #expect(try events("data:test\n\ndata: test\n\n") == [message("test"), message("test")])
    }

    @Test(arguments: ["\n", "\r", "\r\n"]) func `lines end in three ways`(end: String) throws {
        let lines = ["\u{FEFF}id: 7", "event: changes", "data: 7", "", ":", "", "data: x", ""]
        #expect(
            try events(lines.map { $0 + end }.joined())
                == [message("7", id: "7", type: "changes"), message("x", id: "7")])
    }

    @Test func `what is unknown is passed over, and an event without data is none`() throws {
        #expect(try events("retry: 10\nnonsense\nevent: changes\n\nid: 1\0\ndata: x\n\n") == [message("x")])
    }

    @Test func `what has no end is refused`() throws {
        var parser = EventStreamParser()
        #expect(throws: EventStreamParser.TooLong.self) {
            try parser.feed(Array(repeating: UInt8(ascii: "x"), count: 70_000))
        }
        var lines = EventStreamParser()
        #expect(throws: EventStreamParser.TooLong.self) {
            for _ in 0..<70_000 { _ = try lines.feed(Array("data: x\n".utf8)) }
        }
    }
}
