import CanvassHTTP
import Testing

@Suite struct HTTPHeadersTests {
    @Test func `fields keep their order and are found in any case`() throws {
        var headers: HTTPHeaders = ["Link": "a", "ETag": "b"]
        try headers.append("link", "c")
        #expect(headers.values(of: "LINK") == ["a", "c"])
        #expect(headers["etag"] == "b")
        #expect(headers.contains("eTAG"))
        #expect(!headers.contains("ETa"))
        #expect(headers.count == 3)
    }

    @Test func `replacing leaves one field`() throws {
        var headers: HTTPHeaders = ["A": "1", "B": "2", "a": "3"]
        try headers.replace("A", "4")
        #expect(headers == ["b": "2", "a": "4"])
        #expect(throws: HTTPHeaderError.invalidValue(name: "B")) { try headers.replace("B", "\n") }
        #expect(headers["B"] == "2")
    }

    @Test func `equality ignores the case of names alone`() {
        let headers: HTTPHeaders = ["Name": "value"]
        #expect(headers == ["nAME": "value"])
        #expect(headers != ["Name": "Value"])
        #expect(headers != ["Name": "value", "Other": ""])
    }

    @Test(arguments: ["a\r\nSet-Cookie: b", "a\nb", "a\rb", "a\u{0}b", "a\u{7F}", "\u{1B}[1m"])
    func `a value with a control character is refused`(value: String) {
        var headers = HTTPHeaders()
        #expect(throws: HTTPHeaderError.invalidValue(name: "X")) { try headers.append("X", value) }
        #expect(headers.isEmpty)
    }

    @Test(arguments: ["", "a b", "a:", "a\r\n", "ü", "a\u{0}", "(a)"])
    func `a name that is no token is refused`(name: String) {
        var headers = HTTPHeaders()
        #expect(throws: HTTPHeaderError.invalidName(name)) { try headers.append(name, "v") }
    }
}
