/// The rules for status lines (RFC 9112 section 4), message framing (section 6) and chunks (section 7).
extension HTTPResponseParser {
    mutating func takeStatusLine() throws(HTTPFailure) -> Range<Int>? {
        // Said at once, so that what speaks another protocol is not waited for.
        let beginning: StaticString = "HTTP/"
        for index in 0..<min(beginning.utf8CodeUnitCount, lines.remainingCount)
        where lines.bytes[lines.position + index] != beginning.utf8Start[index] {
            throw .malformed("The answer does not begin with HTTP.")
        }
        return try lines.takeLine(
            limit: limits.firstLine, orFail: HTTPFailure(status: 431, reason: "The status line is too long."))
    }

    /// `HTTP-version SP status-code SP [reason-phrase]`. Some servers leave out the second space with the phrase.
    static func head(line bytes: Span<UInt8>) throws(HTTPFailure) -> HTTPResponseHead {
        guard bytes.count >= 12, bytes[8] == .space, bytes[9].isDigit, bytes[10].isDigit, bytes[11].isDigit,
            bytes.count == 12 || bytes[12] == .space
        else { throw .malformed("The status line is not a version, a status and a reason.") }
        guard case .version(let version) = HTTPVersion.read(bytes.extracting(first: 8)) else {
            throw .malformed("The answer is of another version than HTTP/1.1 and HTTP/1.0.")
        }
        for index in 12..<bytes.count where !bytes[index].isFieldValueCharacter {
            throw .malformed("The status line holds a control character.")
        }
        let status = (9..<12).reduce(0) { $0 * 10 + Int(bytes[$1] - UInt8(ascii: "0")) }
        guard (100...599).contains(status) else { throw .malformed("\(status) is no status.") }
        return HTTPResponseHead(
            status: status, version: version, headers: HTTPHeaders(), keepsConnection: false, bodyLength: nil,
            isEndedByClose: false)
    }

    /// Reads field lines up to the empty one. False while it has not come.
    mutating func readSection() throws(HTTPFailure) -> Bool {
        while true {
            let room = limits.headers - (lines.position - sectionStart)
            let line = try lines.takeLine(
                limit: room, orFail: HTTPFailure(status: 431, reason: "The head of the answer is too large."))
            guard let line else { return false }
            guard !line.isEmpty else { return true }
            guard fields.count < limits.headerFieldCount else {
                throw HTTPFailure(
                    status: 431, reason: "The answer has more than \(limits.headerFieldCount) header fields.")
            }
            // Places are counted from the start of the section, which becomes the storage of the headers.
            fields.append(
                try FieldLines.field(
                    in: lines.bytes.span.extracting(sectionStart..<lines.position),
                    line: (line.lowerBound - sectionStart)..<(line.upperBound - sectionStart)))
        }
    }

    /// What the header fields say about where the answer ends and what becomes of the connection.
    private struct Framing {
        var length: Int?
        var isChunked = false
        var options = FieldLines.ConnectionOptions()
    }

    /// Takes the header fields over and judges them. Returns nil after an answer that only says that one will come.
    mutating func finishHead() throws(HTTPFailure) -> HTTPResponseHead? {
        head.headers = HTTPHeaders(validated: fields, in: Array(lines.bytes[sectionStart..<lines.position]))
        fields = []
        let framing = try Self.framing(of: head)
        guard head.status >= 200 else {
            // 101 would be the consent to a change of protocol, for which nobody asked.
            guard head.status != 101 else { throw .malformed("The answer changes the protocol unasked.") }
            interimAnswers += 1
            guard interimAnswers <= Self.maximumInterimAnswers else {
                throw HTTPFailure(status: 431, reason: "There are too many answers before the answer.")
            }
            state = .statusLine
            return nil
        }
        head.keepsConnection = framing.options.keepsConnection(head.version)
        if isHEAD || head.status == 204 || head.status == 304 {
            head.bodyLength = 0
            state = .body(missing: 0)
        } else if framing.isChunked {
            state = .chunkSize
        } else if let length = framing.length {
            try checkBody(length)
            head.bodyLength = length
            state = .body(missing: length)
        } else {
            head.keepsConnection = false
            head.isEndedByClose = true
            state = .untilClose
        }
        return head
    }

    private static func framing(of head: HTTPResponseHead) throws(HTTPFailure) -> Framing {
        var framing = Framing()
        let bytes = head.headers.bytes.span
        for field in head.headers.fields {
            let name = bytes.extracting(field.name)
            let value = bytes.extracting(field.value)
            switch name.count {
            case 10 where name.equalsIgnoringCase("connection"):
                framing.options.read(value)
            case 14 where name.equalsIgnoringCase("content-length"):
                guard framing.length == nil else { throw .malformed("There is more than one Content-Length header.") }
                framing.length = try FieldLines.contentLength(value)
            case 17 where name.equalsIgnoringCase("transfer-encoding"):
                guard !framing.isChunked, value.equalsIgnoringCase("chunked"), head.version == .http11 else {
                    throw .malformed("The answer has a transfer coding other than chunked.")
                }
                framing.isChunked = true
            default:
                continue
            }
        }
        // RFC 9112 section 6.3: whoever sends both may be trying to have two parties see two different answers.
        guard !framing.isChunked || framing.length == nil else {
            throw .malformed("The answer has both a Content-Length and a transfer coding.")
        }
        return framing
    }

    /// `chunk-size [chunk-ext]`: hexadecimal digits, then nothing or extensions, which are not looked at.
    mutating func takeChunkSize() throws(HTTPFailure) -> Int? {
        let tooLong = HTTPFailure(status: 431, reason: "The line before a chunk is too long.")
        guard let line = try lines.takeLine(limit: Self.maximumChunkLine, orFail: tooLong) else { return nil }
        let size = try Self.chunkSize(lines.bytes.span.extracting(line))
        try countBody(size)
        return size
    }

    private static func chunkSize(_ bytes: Span<UInt8>) throws(HTTPFailure) -> Int {
        var size = 0
        var index = 0
        while index < bytes.count, bytes[index].isHexDigit {
            let digit = bytes[index].isDigit ? bytes[index] - 0x30 : (bytes[index] | 0x20) - 0x57
            // Four bits more than any length have room for: too large, whatever follows.
            size = size > Int.max >> 4 ? .max : size << 4 | Int(digit)
            index += 1
        }
        guard index > 0 else { throw .malformed("A chunk does not begin with its length.") }
        let end = bytes.withoutWhitespace(index..<bytes.count)
        guard end.isEmpty || bytes[end.lowerBound] == UInt8(ascii: ";") else {
            throw .malformed("The length of a chunk is not a hexadecimal number.")
        }
        for index in index..<bytes.count where !bytes[index].isFieldValueCharacter {
            throw .malformed("The line before a chunk holds a control character.")
        }
        guard size < .max else { throw HTTPFailure(status: 413, reason: "A chunk of the answer is too large.") }
        return size
    }
}
