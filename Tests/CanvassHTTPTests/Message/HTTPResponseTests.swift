import Testing

@testable import CanvassHTTP

@Suite struct HTTPResponseTests {
    private func head(_ response: HTTPResponse, _ persistence: HTTPResponse.Persistence = .keep) -> String {
        var output: [UInt8] = []
        response.appendHead(to: &output, date: Array("now".utf8).span, persistence: persistence)
        return String(decoding: output, as: UTF8.self)
    }

    @Test func `the head carries status, date, length and fields`() {
        let response = HTTPResponse(status: 201, headers: ["Location": "/a"], body: Array("four".utf8))
        #expect(head(response) == "HTTP/1.1 201 Created\r\nDate: now\r\nContent-Length: 4\r\nLocation: /a\r\n\r\n")
    }

    @Test func `persistence is said where the version does not imply it`() {
        let response = HTTPResponse(status: 200)
        #expect(head(response, .close).contains("\r\nConnection: close\r\n"))
        #expect(head(response, .keepSaid).contains("\r\nConnection: keep-alive\r\n"))
        #expect(!head(response).contains("Connection"))
    }

    @Test(arguments: [204, 304])
    func `a status without a body has no length`(status: Int) {
        #expect(!head(HTTPResponse(status: status, body: [1])).contains("Content-Length"))
    }

    @Test func `an unknown status has an empty reason phrase`() {
        #expect(head(HTTPResponse(status: 299)).hasPrefix("HTTP/1.1 299 \r\n"))
    }

    @Test func `framing is the server's alone`() async {
        await #expect(processExitsWith: .failure) {
            var output: [UInt8] = []
            let response = HTTPResponse(status: 200, headers: ["content-length": "7"])
            response.appendHead(to: &output, date: [UInt8]().span, persistence: .keep)
        }
    }

    @Test func `a problem document escapes what it quotes`() {
        let problem = HTTPResponse.problem(
            status: 409, type: "https://example.org/p", title: "A \"b\" \\", detail: "line\nbreak\u{1F} é")
        #expect(
            String(decoding: problem.body, as: UTF8.self)
                == #"{"type":"https://example.org/p","title":"A \"b\" \\","status":409,"detail":"line\u000abreak\u001f é"}"#
        )
        #expect(problem.headers["Content-Type"] == "application/problem+json")
    }

    @Test func `a problem without words takes those of its status`() {
        #expect(
            String(decoding: HTTPResponse.problem(status: 404).body, as: UTF8.self)
                == #"{"type":"about:blank","title":"Not Found","status":404}"#)
    }
}
