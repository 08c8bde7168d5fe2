import CanvassRelay
import Testing

/// What operators type and read: addresses, cut ids, spans of time.
@Suite struct OperatorTextTests {
    static let addresses = [
        ("https://relay.example.org", "https://relay.example.org"),
        ("https://relay.example.org/", "https://relay.example.org"),
        ("HTTP://127.0.0.1:8787//", "http://127.0.0.1:8787"),
        ("http://[::1]:8787/canvass/", "http://[::1]:8787/canvass"),
        ("https://relay.example.org/a%20b/c", "https://relay.example.org/a%20b/c"),
    ]

    @Test(arguments: addresses) func `an address loses the slash at its end`(text: String, url: String) {
        #expect(PublicURL.normalized(text) == url)
    }

    @Test(arguments: [
        "", "relay.example.org", "ftp://relay.example.org", "https://", "https:///path", "http:/relay", "https://:8787",
        "https://relay.example.org?a=b", "https://relay.example.org/#join", "https://ada@relay.example.org",
        "https://ada:secret@relay.example.org/", "https://relay example.org", " https://relay.example.org",
        "https://relay.example.org\n", "https://relay.example.org:", "https://relay.example.org:0",
        "https://relay.example.org:65536", "https://relay.example.org:+80", "https://[::1", "https://[]:80",
        "https://[::1]80", "https://a:1:2", "https://r\u{e9}lay.example.org", "https://relay.example.org/<x>",
        "javascript:alert(1)", "https://'; rm -rf",
    ]) func `what is no address of a relay is refused`(text: String) {
        #expect(PublicURL.normalized(text) == nil)
    }

    static let minute: Int64 = 60_000
    static let day: Int64 = 1440 * minute
    static let offsets: [(Int64, String)] = [
        (0, "right"), (29_999, "right"), (-29_999, "right"), (30_000, "1 minute behind"), (-90_000, "2 minutes ahead"),
        (119 * minute, "119 minutes behind"), (120 * minute - 1, "2 hours behind"), (150 * minute, "3 hours behind"),
        (-2 * day + 1, "2 days ahead"), (20_778 * day, "57 years behind"), (-3 * 8766 * 60 * minute, "3 years ahead"),
        (-3 * 8766 * 60 * minute + 5, "3 years ahead"), (90 * day, "3 months behind"), (.max, "292271023 years behind"),
        (.min, "292271023 years ahead"),
    ]

    @Test(arguments: offsets) func `a clock is right, behind or ahead, in words`(offset: Int64, text: String) {
        #expect(TimeText.clock(offset: offset) == text)
    }

    @Test func `ids are cut where they still differ`() {
        #expect(ShortID.length(telling: []) == 8)
        #expect(ShortID.length(telling: ["01JD3VVQ9G", "01JD3VVQ9G"]) == 8)
        #expect(ShortID.length(telling: ["01JD3VVQ9G", "02JD3VVQ9G"]) == 8)
        #expect(ShortID.length(telling: ["01JD3VVQ9G", "02JD3VVQ9G", "01JD3VVQ9H"]) == 10)
    }
}
