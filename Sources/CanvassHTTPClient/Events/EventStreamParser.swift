import CanvassHTTP

/// One server-sent event.
package struct ServerSentEvent: Sendable, Hashable {
    package var id: String
    package var type: String
    package var data: String

    package init(id: String, type: String, data: String) {
        self.id = id
        self.type = type
        self.data = data
    }
}

/// Reads `text/event-stream` (<https://html.spec.whatwg.org/multipage/server-sent-events.html>, section 9.2.6) as it comes,
/// in pieces of any size.
package struct EventStreamParser {
    /// The stream is not one that a relay sends.
    package struct TooLong: Error, Hashable {}

    /// Of a line, and of the data of one event.
    private static let maximumBytes = 64 << 10

    private var line: [UInt8] = []
    private var followsCarriageReturn = false
    private var isFirstLine = true
    private var id = ""
    private var type = ""
    private var data: String?

    package init() {}

    /// - Returns: the events that are complete with these bytes.
    /// - Throws: `TooLong`.
    package mutating func feed(_ bytes: [UInt8]) throws(TooLong) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            let endsPair = followsCarriageReturn && byte == 10
            followsCarriageReturn = byte == 13
            if endsPair { continue }
            guard byte == 10 || byte == 13 else {
                guard line.count < Self.maximumBytes else { throw TooLong() }
                line.append(byte)
                continue
            }
            if let event = try endLine() { events.append(event) }
        }
        return events
    }

    private mutating func endLine() throws(TooLong) -> ServerSentEvent? {
        var text = String(decoding: line, as: UTF8.self)[...]
        line.removeAll(keepingCapacity: true)
        if isFirstLine, text.hasPrefix("\u{FEFF}") { text = text.dropFirst() }
        isFirstLine = false
        guard !text.isEmpty else { return dispatch() }
        let colon = text.firstIndex(of: ":") ?? text.endIndex
        let name = text[..<colon]
        var value = text[colon...].dropFirst()
        if value.first == " " { value = value.dropFirst() }
        switch name {
        case "id" where !value.contains("\0"): id = String(value)
        case "event": type = String(value)
        case "data":
            let data = data.map { $0 + "\n" + value } ?? String(value)
            guard data.utf8.count <= Self.maximumBytes else { throw TooLong() }
            self.data = data
        // A comment, which begins with the colon, or a field of a later version.
        default: break
        }
        return nil
    }

    private mutating func dispatch() -> ServerSentEvent? {
        defer {
            type = ""
            data = nil
        }
        guard let data else { return nil }
        return ServerSentEvent(id: id, type: type.isEmpty ? "message" : type, data: data)
    }
}
