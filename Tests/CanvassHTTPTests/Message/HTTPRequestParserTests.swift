import TestSupport
import Testing

@testable import CanvassHTTP

@Suite struct HTTPRequestParserTests {
    /// Everything that the parser says about `bytes` fed in pieces of the given sizes, the last size repeated.
    private func outcomes(
        _ bytes: [UInt8], pieces: [Int], limits: HTTPLimits = HTTPLimits()
    ) -> [HTTPRequestParser.Outcome] {
        var parser = HTTPRequestParser(limits: limits)
        var found: [HTTPRequestParser.Outcome] = []
        var start = 0
        var index = 0
        while start < bytes.count {
            let end = min(bytes.count, start + pieces[min(index, pieces.count - 1)])
            parser.feed(bytes[start..<end].span)
            start = end
            index += 1
            reading: while true {
                let outcome = parser.next()
                switch outcome {
                case .needMore: break reading
                case .failure:
                    found.append(outcome)
                    return found
                default: found.append(outcome)
                }
            }
        }
        return found
    }

    private func outcomes(_ text: String, limits: HTTPLimits = HTTPLimits()) -> [HTTPRequestParser.Outcome] {
        outcomes(Array(text.utf8), pieces: [.max / 2], limits: limits)
    }

    private func onlyRequest(_ text: String) throws -> HTTPRequest {
        let found = outcomes(text)
        try #require(found.count == 1)
        guard case .request(let request) = found[0] else {
            throw HTTPFailure(status: 0, reason: "\(found[0]) is no request")
        }
        return request
    }

    @Test func `a request keeps its method, target, headers and body`() throws {
        let request = try onlyRequest(
            "POST /v1/sync?a=1&b=%20?c HTTP/1.1\r\nHost: relay:8080\r\nX-Note: \t two words \t\r\n"
                + "content-LENGTH: 5\r\nx-note:again\r\nEmpty:\r\n\r\nhello")
        #expect(request.method == "POST")
        #expect(request.path == "/v1/sync")
        #expect(request.query == "a=1&b=%20?c")
        #expect(request.target == "/v1/sync?a=1&b=%20?c")
        #expect(request.version == .http11)
        #expect(request.headers["HOST"] == "relay:8080")
        #expect(request.headers.values(of: "x-Note") == ["two words", "again"])
        #expect(request.headers["empty"] == "")
        #expect(request.headers["missing"] == nil)
        #expect(request.body == Array("hello".utf8))
        #expect(request.keepsConnection)
    }

    @Test func `an empty query is not a missing one`() throws {
        #expect(try onlyRequest("GET /a? HTTP/1.1\r\nHost: a\r\n\r\n").query == "")
        #expect(try onlyRequest("GET /a HTTP/1.1\r\nHost: a\r\n\r\n").query == nil)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", true),
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false),
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, ,\tCLOSE \r\n\r\n", false),
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n", false),
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n\r\n", true),
        ("GET / HTTP/1.0\r\n\r\n", false),
        ("GET / HTTP/1.0\r\nHost: a\r\nConnection: Keep-Alive\r\n\r\n", true),
        ("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", false),
    ])
    func `the connection is kept as version and options say`(text: String, keeps: Bool) throws {
        #expect(try onlyRequest(text).keepsConnection == keeps)
    }

    @Test(arguments: [
        "Host:", "Host: example.org", "Host: a:80", "Host: a:", "Host: [::1]:8080", "Host: [::1]", "Host: a%20b",
    ])
    func `a well-formed host is accepted`(line: String) throws {
        #expect(try onlyRequest("GET / HTTP/1.1\r\n\(line)\r\n\r\n").headers.contains("host"))
    }

    @Test func `one empty line before a request is skipped`() {
        let found = outcomes("\r\nGET /a HTTP/1.1\r\nHost: a\r\n\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(found.count == 2)
    }

    @Test func `asterisk-form is for OPTIONS alone`() throws {
        #expect(try onlyRequest("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").path == "*")
    }

    @Test func `an expectation is announced once, and not for an empty body or an old version`() {
        let rest = "Expect: 100-Continue\r\nContent-Length: 2\r\n\r\nhi"
        let found = outcomes("POST / HTTP/1.1\r\nHost: a\r\n" + rest)
        #expect(found.first == .expectContinue)
        #expect(found.count == 2)
        #expect(outcomes("POST / HTTP/1.0\r\nHost: a\r\n" + rest).count == 1)
        #expect(outcomes("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n").count == 1)
    }

    @Test func `nothing is read after a request that closes`() {
        let text = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(outcomes(text).count == 1)
        #expect(outcomes(Array(text.utf8), pieces: [1]).count == 1)
    }

    @Test func `a failure is final`() {
        var parser = HTTPRequestParser()
        parser.feed(Array("G@T / HTTP/1.1\r\n".utf8).span)
        let first = parser.next()
        parser.feed(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8).span)
        #expect(parser.next() == first)
        #expect(parser.phase == .finished)
        #expect(parser.heldByteCount == 0)
    }

    @Test func `phases follow the bytes and an idle parser holds none`() {
        var parser = HTTPRequestParser()
        #expect(parser.phase == .idle)
        for (text, phase) in [
            ("POST", HTTPRequestParser.Phase.head), (" / HTTP/1.1\r\nHost: a\r\n", .head),
            ("Content-Length: 4\r\n\r\n", .body), ("bod", .body),
        ] {
            parser.feed(Array(text.utf8).span)
            #expect(parser.next() == .needMore)
            #expect(parser.phase == phase)
            #expect(parser.heldByteCount > 0)
        }
        parser.feed(Array("y".utf8).span)
        guard case .request = parser.next() else {
            Issue.record("the request is complete")
            return
        }
        #expect(parser.phase == .idle)
        #expect(parser.heldByteCount == 0)
        #expect(parser.lines.bytes.capacity == 0)
    }

    @Test func `the part of a body that came with the head is held once`() {
        var parser = HTTPRequestParser()
        let part = String(repeating: "x", count: 1000)
        parser.feed(Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\n\r\n\(part)".utf8).span)
        #expect(parser.next() == .needMore)
        #expect(parser.heldByteCount == 1000)
    }

    @Test func `a declared length sets little memory aside`() {
        var parser = HTTPRequestParser()
        parser.feed(Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 16777216\r\n\r\n".utf8).span)
        #expect(parser.next() == .needMore)
        #expect(parser.missingByteCount == 16_777_216)
        #expect(parser.request.body.capacity < 128 << 10)
    }

    @Test func `however the bytes are cut, the outcomes are the same`() {
        let pipelined =
            "POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\nbody\r\n\r\nGET"
            + "\r\nGET /b?q HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n" + "DELETE /c HTTP/1.1\r\nHost: a\r\n\r\n"
            + "PUT /d HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx"
        let texts = [pipelined] + HostileRequests.all.map { "GET /first HTTP/1.1\r\nHost: a\r\n\r\n" + $0.text }
        for text in texts {
            let bytes = Array(text.utf8)
            let whole = outcomes(bytes, pieces: [bytes.count])
            #expect(outcomes(bytes, pieces: [1]) == whole)
            for cut in 1..<min(bytes.count, 400) {
                let halves = outcomes(bytes, pieces: [cut, bytes.count])
                if halves != whole { Issue.record("cut at \(cut) of \(text.prefix(200).debugDescription)") }
            }
        }
        #expect(outcomes(pipelined).count == 5)
    }

    @Test(arguments: HostileRequests.all)
    func `hostile bytes are refused with the right status`(hostile: HostileRequests.Case) {
        for pieces in [[Int.max / 2], [1], [7]] {
            guard case .failure(let failure) = outcomes(Array(hostile.text.utf8), pieces: pieces).last else {
                Issue.record("\(hostile) was not refused")
                return
            }
            #expect(failure.status == hostile.status)
        }
    }

    @Test func `limits hold to the byte`() {
        let limits = HTTPLimits(firstLine: 20, headers: 30, headerFieldCount: 2, body: 3)
        func status(_ text: String) -> Int {
            switch outcomes(text, limits: limits).last {
            case .request: 200
            case .failure(let failure): failure.status
            default: 0
            }
        }
        #expect(status("GET /12345 HTTP/1.1\r\nHost: a\r\n\r\n") == 414)
        #expect(status("GET /1234 HTTP/1.1\r\nHost: a\r\n\r\n") == 200)
        #expect(status("GET /12345678901234567890") == 414)
        let head = "GET / HTTP/1.1\r\n"
        // 9 bytes of Host, 2 of the empty line, 5 of "X: ?" with its end.
        #expect(status(head + "Host: a\r\nX: " + String(repeating: "v", count: 14) + "\r\n\r\n") == 200)
        #expect(status(head + "Host: a\r\nX: " + String(repeating: "v", count: 15) + "\r\n\r\n") == 431)
        #expect(status(head + "Host: a\r\nA:\r\n\r\n") == 200)
        #expect(status(head + "Host: a\r\nA:\r\nB:\r\n\r\n") == 431)
        #expect(status("GET / HTTP/1.0\r\nContent-Length:3\r\n\r\n123") == 200)
        #expect(status("GET / HTTP/1.0\r\nContent-Length:4\r\n\r\n") == 413)
    }

    @Test func `random bytes never trap and always end in one way`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SplitMix64(seed: seed)
        let alphabet = Array("GET /HTTP1.0:\r\n\r\n aA%?,*Content-Length5\u{0}\u{7F}".utf8)
        let valid = Array("POST /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc".utf8)
        for _ in 0..<3_000 {
            var bytes = valid
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
                case 1: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
                default: bytes.remove(at: place)
                }
            }
            let whole = outcomes(bytes, pieces: [bytes.count])
            if outcomes(bytes, pieces: [1]) != whole { Issue.record("seed \(seed): \(bytes)") }
        }
    }
}
