/// Answers that must not be taken, with the reason. Parser tests feed them; client tests have a server send them and close.
public enum HostileAnswers {
    public enum Reason: Sendable {
        /// It is no HTTP, or breaks a rule of it.
        case malformed
        case tooLarge
        case noAnswer
        case cutInHead
        case cutInBody
    }

    public struct Case: Sendable, CustomStringConvertible {
        public var bytes: [UInt8]
        public var reason: Reason

        init(_ text: String, _ reason: Reason) {
            bytes = Array(text.utf8)
            self.reason = reason
        }

        public var description: String {
            "\(reason): \(String(decoding: bytes.prefix(90), as: UTF8.self).debugDescription)"
        }
    }

    public static let all = statusLines + fields + framing + chunks + sizes + cuts + interim

    private static let statusLines = [
        "\u{15}\u{3}\u{1}\u{0}\u{2}\u{2}\u{28}",  // a TLS alert
        "SSH-2.0-OpenSSH_9.2\r\n", "220 mail ESMTP\r\n", "<html>\r\n", "\r\nHTTP/1.1 200 OK\r\n\r\n",
        "http/1.1 200 OK\r\n",
        " HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\n\n", "HTTP/1.1 200 OK\r\r\n", "HTTP/2.0 200 OK\r\n", "HTTP/2 200\r\n",
        "HTTP/0.9 200 OK\r\n", "HTTP/1.2 200 OK\r\n", "HTTP/1.10 200 OK\r\n", "HTTP/1.1\r\n", "HTTP/1.1 \r\n",
        "HTTP/1.1  200 OK\r\n", "HTTP/1.1\t200 OK\r\n", "HTTP/1.1 20 OK\r\n", "HTTP/1.1 2000 OK\r\n",
        "HTTP/1.1 +20 OK\r\n", "HTTP/1.1 -20 OK\r\n", "HTTP/1.1 2x0 OK\r\n", "HTTP/1.1 200OK\r\n",
        "HTTP/1.1 000 OK\r\n",
        "HTTP/1.1 099 OK\r\n", "HTTP/1.1 600 OK\r\n", "HTTP/1.1 999 OK\r\n", "HTTP/1.1 200 O\u{0}K\r\n",
        "HTTP/1.1 200 O\u{1B}K\r\n", "HTTP/1.1 ２00 OK\r\n", "ICY 200 OK\r\n",
    ].map { Case($0, .malformed) }

    private static let fields = [
        "X : a\r\n", "X a\r\n", ": a\r\n", "X y: a\r\n", " X: a\r\n", "X: a\n", "X: a\rY: b\r\n", "X: a\r\n folded\r\n",
        "X: a\r\n\tfolded\r\n", "X: \u{0}\r\n", "X: \u{1}b\r\n", "X: \u{7F}\r\n", "Ü: b\r\n", "X\u{0}: b\r\n", "\r\r\n",
    ].map { Case("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\($0)\r\n", .malformed) }

    private static let framing =
        [
            ("Content-Length: 5\r\nContent-Length: 5\r\n", Reason.malformed),
            ("Content-Length: 5\r\ncontent-length: 6\r\n", .malformed), ("Content-Length: 5, 5\r\n", .malformed),
            ("Content-Length: +5\r\n", .malformed), ("Content-Length: -1\r\n", .malformed),
            ("Content-Length: 0x5\r\n", .malformed), ("Content-Length: 5.0\r\n", .malformed),
            ("Content-Length:\r\n", .malformed), ("Content-Length: ５\r\n", .malformed),
            ("Content-Length: 99999999999999999999999999999999999999x\r\n", .malformed),
            ("Content-Length: 9223372036854775808\r\n", .tooLarge),
            ("Content-Length: 9223372036854775807\r\n", .tooLarge),
            ("Content-Length: 99999999999999999999999999999999999999\r\n", .tooLarge),
            ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", .malformed),
            ("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", .malformed),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", .malformed),
            ("Transfer-Encoding: gzip, chunked\r\n", .malformed),
            ("Transfer-Encoding: chunked, chunked\r\n", .malformed),
            ("Transfer-Encoding: identity\r\n", .malformed), ("Transfer-Encoding: xchunked\r\n", .malformed),
            ("Transfer-Encoding: chunked;q=1\r\n", .malformed), ("Transfer-Encoding:\r\n", .malformed),
        ].map { Case("HTTP/1.1 200 OK\r\n\($0)\r\n12345", $1) }
        + [Case("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", .malformed)]

    private static let chunks = [
        ("\r\n", Reason.malformed), ("x\r\n", .malformed), ("-1\r\n", .malformed), ("+1\r\n", .malformed),
        (" 1\r\n", .malformed), ("0x1\r\n", .malformed), ("1 1\r\n", .malformed), ("1,\r\n", .malformed),
        ("1;\u{0}\r\n", .malformed), ("1\na\r\n", .malformed), ("1\r\nab\r\n", .malformed), ("1\r\na\n", .malformed),
        ("1\r\na\r\r\n", .malformed), ("0\r\nX : a\r\n\r\n", .malformed), ("0\r\n\n", .malformed),
        ("7fffffffffffffff\r\n", .tooLarge), ("8000000000000000\r\n", .tooLarge), ("ffffffffffffffff\r\n", .tooLarge),
        ("10000000000000000\r\n", .tooLarge), (String(repeating: "f", count: 100) + "\r\n", .tooLarge),
        (String(repeating: "0", count: 2_000) + "1\r\n", .tooLarge),
        ("1;" + String(repeating: "a", count: 2_000) + "\r\n", .tooLarge), ("1000001\r\n", .tooLarge),
        ("1\r\na\r\n1000000\r\n", .tooLarge), ("0\r\nX: " + String(repeating: "b", count: 16 << 10), .tooLarge),
        ("0\r\n" + String(repeating: "X:\r\n", count: 101), .tooLarge), ("5\r\nhell", .cutInBody),
        ("5\r\nhello", .cutInBody),
        ("5\r\nhello\r\n", .cutInBody), ("5\r\nhello\r\n0\r\n", .cutInBody), ("5", .cutInBody), ("", .cutInBody),
    ].map { Case("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\($0)", $1) }

    private static let sizes = [
        Case("HTTP/1.1 200 " + String(repeating: "a", count: 8 << 10) + "\r\n\r\n", .tooLarge),
        Case("HTTP/" + String(repeating: "1", count: 9 << 10), .tooLarge),
        Case("HTTP/1.1 200 OK\r\nX: " + String(repeating: "b", count: 16 << 10) + "\r\n\r\n", .tooLarge),
        Case("HTTP/1.1 200 OK\r\n" + String(repeating: "X:\r\n", count: 101) + "\r\n", .tooLarge),
        Case("HTTP/1.1 200 OK\r\nContent-Length: 16777217\r\n\r\n", .tooLarge),
    ]

    private static let cuts = [
        Case("", .noAnswer), Case("H", .cutInHead), Case("HTTP/1.1 200 OK", .cutInHead),
        Case("HTTP/1.1 200 OK\r\n", .cutInHead), Case("HTTP/1.1 200 OK\r\nContent-Type: application/cbor", .cutInHead),
        Case("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", .cutInHead),
        Case("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r", .cutInHead),
        Case("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", .cutInBody),
        Case("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", .cutInBody),
    ]

    private static let interim = [
        Case("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n", .malformed),
        Case("HTTP/1.1 100 Continue\r\n\r\n", .cutInHead),
        Case("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 2", .cutInHead),
        Case(String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 17), .tooLarge),
        Case("HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: x\r\n\r\n", .malformed),
    ]
}
