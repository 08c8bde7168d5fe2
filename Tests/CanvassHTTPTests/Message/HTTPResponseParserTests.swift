import TestSupport
import Testing

@testable import CanvassHTTP

@Suite struct HTTPResponseParserTests {
    /// What an answer came to, the pieces of its body put together.
    private struct Reading: Equatable {
        var heads: [HTTPResponseHead] = []
        var bodies: [[UInt8]] = []
        var ends = 0
        var failure: HTTPResponseFailure?
        var hasSurplus = false

        var texts: [String] { bodies.map { String(decoding: $0, as: UTF8.self) } }
    }

    /// Feeds `bytes` in pieces of the given sizes, the last size repeated, as answers to these requests, and closes.
    private func read(
        _ bytes: [UInt8], answersTo methods: [String] = ["GET"], pieces: [Int] = [.max / 2],
        limits: HTTPLimits = HTTPLimits()
    ) -> Reading {
        var parser = HTTPResponseParser(limits: limits)
        var reading = Reading()
        var methods = methods[...]
        parser.expect(answerTo: methods.removeFirst())
        func drain(_ first: HTTPResponseParser.Outcome) {
            var outcome = first
            while true {
                switch outcome {
                case .needMore: return
                case .head(let head):
                    reading.heads.append(head)
                    reading.bodies.append([])
                case .body(let bytes): reading.bodies[reading.bodies.count - 1] += bytes
                case .end:
                    reading.ends += 1
                    guard let method = methods.popFirst() else { return }
                    parser.expect(answerTo: method)
                case .failure(let failure):
                    reading.failure = failure
                    return
                }
                outcome = parser.next()
            }
        }
        var start = 0
        var index = 0
        while start < bytes.count, reading.failure == nil {
            let end = min(bytes.count, start + pieces[min(index, pieces.count - 1)])
            parser.feed(bytes[start..<end].span)
            start = end
            index += 1
            drain(parser.next())
        }
        if reading.failure == nil { drain(parser.finish()) }
        reading.hasSurplus = parser.hasSurplus
        return reading
    }

    private func read(_ text: String, _ methods: String...) -> Reading {
        read(Array(text.utf8), answersTo: methods.isEmpty ? ["GET"] : methods)
    }

    @Test func `an answer keeps its status, headers and body`() throws {
        let reading = read(
            "HTTP/1.1 404 Not Found\r\nX-Note: \t two words \t\r\ncontent-LENGTH: 5\r\nx-note:again\r\nEmpty:\r\n\r\nhello"
        )
        let head = try #require(reading.heads.first)
        #expect(head.status == 404 && head.version == .http11 && head.keepsConnection && head.bodyLength == 5)
        #expect(head.headers.values(of: "x-Note") == ["two words", "again"])
        #expect(head.headers["empty"] == "")
        #expect(reading.texts == ["hello"] && reading.ends == 1 && reading.failure == nil && !reading.hasSurplus)
    }

    @Test(arguments: [
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=\"b\"\r\n, worl\r\n0001 ; x\r\nd\r\n0\r\n\r\n",
            true
        ),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding:Chunked\r\n\r\nC\r\nhello, world\r\n000\r\nDigest: x\r\nY:\r\n\r\n",
            true
        ),
        ("HTTP/1.1 200\r\nContent-Length: 12\r\n\r\nhello, world", true),
        ("HTTP/1.1 200 \r\nContent-Length: 0012\r\n\r\nhello, world", true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 12\r\nConnection: close\r\n\r\nhello, world", false),
        ("HTTP/1.1 200 OK\r\n\r\nhello, world", false),
        ("HTTP/1.0 200 OK\r\n\r\nhello, world", false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 12\r\n\r\nhello, world", false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 12\r\nConnection: Keep-Alive\r\n\r\nhello, world", true),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello, world",
            true
        ),
    ])
    func `the same body comes by each framing`(text: String, keeps: Bool) {
        let reading = read(text)
        #expect(reading.texts == ["hello, world"] && reading.ends == 1 && reading.failure == nil)
        #expect(reading.heads.map(\.status) == [200] && reading.heads.map(\.keepsConnection) == [keeps])
        for size in [1, 2, 3, 7] { #expect(read(Array(text.utf8), pieces: [size]) == reading) }
    }

    @Test func `some answers have no body, whatever they say of it`() {
        let length = "Content-Length: 5\r\n\r\n"
        let answers = "HTTP/1.1 200 OK\r\n\(length)HTTP/1.1 204 None\r\n\(length)HTTP/1.1 304 Same\r\n\(length)"
        let reading = read(answers + "HTTP/1.1 200 OK\r\n\(length)hello", "HEAD", "GET", "GET", "GET")
        #expect(reading.texts == ["", "", "", "hello"] && reading.ends == 4 && reading.failure == nil)
        let chunked = read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HEAD")
        #expect(chunked.ends == 1 && chunked.failure == nil && !chunked.hasSurplus)
    }

    @Test func `what comes behind an answer is seen`() {
        #expect(read("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").hasSurplus == false)
        #expect(read("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n").hasSurplus)
        #expect(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\r\n").hasSurplus)
    }

    @Test func `a body may go on for ever where that is allowed`() {
        var parser = HTTPResponseParser(limits: HTTPLimits(body: .max))
        parser.expect(answerTo: "GET")
        parser.feed(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8).span)
        guard case .head = parser.next() else {
            Issue.record("no head")
            return
        }
        let chunk = Array("400\r\n".utf8) + [UInt8](repeating: 7, count: 1_024) + Array("\r\n".utf8)
        for _ in 0..<3_000 {
            parser.feed(chunk.span)
            #expect(parser.next() == .body([UInt8](repeating: 7, count: 1_024)))
            #expect(parser.next() == .needMore)
        }
        #expect(parser.lines.bytes.count < 2 * chunk.count)
        // The largest chunk that can be written down is one, too.
        parser.feed(Array("7ffffffffffffffe\r\nab".utf8).span)
        #expect(parser.next() == .body(Array("ab".utf8)))
    }

    @Test func `limits are exact`() {
        let limits = HTTPLimits(firstLine: 17, headers: 9, headerFieldCount: 2, body: 3)
        func failure(_ text: String) -> HTTPResponseFailure? { read(Array(text.utf8), limits: limits).failure }
        #expect(failure("HTTP/1.1 200 OK\r\nX:\r\n\r\nabc") == nil)
        #expect(failure("HTTP/1.1 200 OKK\r\n\r\n") != nil)
        #expect(failure("HTTP/1.1 200 OK\r\nX:abc\r\n\r\n") == nil)
        #expect(failure("HTTP/1.1 200 OK\r\nX:abcd\r\n\r\n") != nil)
        #expect(failure("HTTP/1.1 200 OK\r\n\r\nabcd") != nil)
    }

    @Test(arguments: HostileAnswers.all)
    func `hostile bytes are refused for the right reason, however they are cut`(hostile: HostileAnswers.Case) {
        let whole = read(hostile.bytes)
        #expect(whole.failure.map(HostileAnswers.Reason.init) == hostile.reason)
        for size in [1, 2, 5, 64] where hostile.bytes.count < 4_000 || size > 2 {
            #expect(read(hostile.bytes, pieces: [size]).failure == whole.failure, "in pieces of \(size)")
        }
        // Behind a good answer on the same connection, too.
        let first = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".utf8)
        let second = read(first + hostile.bytes, answersTo: ["GET", "GET"])
        #expect(second.failure == whole.failure && second.ends == 1)
    }

    @Test func `a failure is final`() {
        var parser = HTTPResponseParser()
        parser.expect(answerTo: "GET")
        parser.feed(Array("HTTP/3".utf8).span)
        #expect(parser.next() == .needMore)
        parser.feed(Array(" 200 OK\r\n".utf8).span)
        let first = parser.next()
        parser.feed(Array("HTTP/1.1 200 OK\r\n\r\n".utf8).span)
        #expect(parser.next() == first && parser.finish() == first)
        guard case .failure = first else {
            Issue.record("\(first)")
            return
        }
    }

    @Test func `no bytes at all make it trap`() {
        let seed: [UInt8] = Array(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n"
                .utf8)
        let marks: [UInt8] = Array("\r\n:; 0179aFfxHP/\u{0}".utf8) + [0x7F, 0x80, 0xFF]
        var chance = SplitMix64(seed: 11)
        for _ in 0..<4_000 {
            var bytes = seed
            for _ in 0..<Int(chance.next() % 6) {
                let place = Int(chance.next() % UInt64(bytes.count))
                let mark = marks[Int(chance.next() % UInt64(marks.count))]
                switch chance.next() % 3 {
                case 0: bytes[place] = mark
                case 1: bytes.insert(mark, at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + Int(chance.next() % 9)))
                }
                if bytes.isEmpty { bytes = seed }
            }
            let whole = read(bytes, limits: HTTPLimits(body: 1_000))
            #expect(read(bytes, pieces: [1], limits: HTTPLimits(body: 1_000)) == whole)
        }
    }
}

extension HostileAnswers.Reason {
    fileprivate init(_ failure: HTTPResponseFailure) {
        self =
            switch failure {
            case .malformed: .malformed
            case .tooLarge: .tooLarge
            case .noAnswer: .noAnswer
            case .cutInHead: .cutInHead
            case .cutInBody: .cutInBody
            }
    }
}
