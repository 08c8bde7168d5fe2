import CanvassHTTP
import CanvassHTTPServer

/// Answers by path: `/echo` with the body, `/size/N` with N bytes, `/batch` with the size of the batch it came in,
/// `/peer` with the client's address, any other with "ok".
struct TestHandler: HTTPHandler {
    func handle(_ batch: [HTTPIncomingRequest]) -> [HTTPResponse] {
        batch.map { incoming in
            let request = incoming.request
            switch request.path {
            case "/echo":
                return HTTPResponse(status: 200, body: request.body)
            case "/batch":
                return HTTPResponse(status: 200, body: Array("\(batch.count)".utf8))
            case "/peer":
                return HTTPResponse(status: 200, body: Array(incoming.peer.host.utf8))
            case "/empty":
                return HTTPResponse(status: 204)
            case let path where path.hasPrefix("/size/"):
                let body = [UInt8](repeating: UInt8(ascii: "x"), count: Int(path.dropFirst(6)) ?? 0)
                return HTTPResponse(status: 200, body: body)
            default:
                return HTTPResponse(status: 200, headers: ["Content-Type": "text/plain"], body: Array("ok".utf8))
            }
        }
    }
}
