import CanvassHTTP
import CanvassHTTPServer

/// Answers by path: `/echo` with the body, `/size/N` with N bytes, `/text/N` with a text of N
/// bytes, `/batch` with the size of the batch it came in,
/// `/peer` with the client's address, `/stream` with "begun" and then a number each time it is asked for more, up to 3,
/// `/quiet` with a stream that says nothing, any other with "ok".
struct TestHandler: HTTPHandler {
    /// The last number of each stream.
    private var streams: [UInt64: Int] = [:]

    mutating func nextParts() -> [HTTPStreamPart] {
        streams.keys.sorted().map { id in
            let number = streams[id, default: 0] + 1
            streams[id] = number
            return HTTPStreamPart(connectionID: id, bytes: Array("\(number)".utf8), isLast: number == 3)
        }
    }

    mutating func streamEnded(_ connectionID: UInt64) { streams[connectionID] = nil }

    mutating func handle(_ batch: [HTTPIncomingRequest]) -> [HTTPResponse] {
        batch.map { incoming in
            let request = incoming.request
            switch request.path {
            case "/echo":
                return HTTPResponse(status: 200, body: request.body)
            case "/batch":
                return HTTPResponse(status: 200, body: Array("\(batch.count)".utf8))
            case "/peer":
                return HTTPResponse(status: 200, body: Array(incoming.peer.host.utf8))
            case "/stream":
                streams[incoming.connectionID] = 0
                return HTTPResponse(status: 200, body: Array("begun".utf8), stream: HTTPStream(heartbeat: []))
            case "/quiet":
                return HTTPResponse(
                    status: 200,
                    stream: HTTPStream(heartbeat: Array("beat".utf8), heartbeatInterval: .milliseconds(100)))
            case "/empty":
                return HTTPResponse(status: 204)
            case let path where path.hasPrefix("/text/"):
                let body = [UInt8](repeating: UInt8(ascii: "t"), count: Int(path.dropFirst(6)) ?? 0)
                return HTTPResponse(status: 200, headers: ["Content-Type": "text/plain"], body: body)
            case let path where path.hasPrefix("/size/"):
                let body = [UInt8](repeating: UInt8(ascii: "x"), count: Int(path.dropFirst(6)) ?? 0)
                return HTTPResponse(status: 200, body: body)
            default:
                return HTTPResponse(status: 200, headers: ["Content-Type": "text/plain"], body: Array("ok".utf8))
            }
        }
    }
}
