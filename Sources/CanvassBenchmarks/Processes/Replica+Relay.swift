import Canvass
import CanvassHTTPClient
import CanvassSQLite
import CanvassStore

extension Replica {
    /// The address of the relay that this replica joined, and its token.
    func enrolledRelay() throws -> (relay: String, token: String) {
        let (relay, token) = try store.database.read { connection in
            (try connection.metaText(.relay), try connection.metaText(.token))
        }
        guard let relay, let token else { throw WrongResult("a replica is not enrolled") }
        return (relay, token)
    }

    /// Syncs through a forwarder that counts.
    ///
    /// - Returns: every byte that goes to the relay and comes from it, the heads of HTTP included.
    func bytesOfSync(port: UInt16) async throws -> (sent: Int, received: Int) {
        let (relay, token) = try enrolledRelay()
        let forwarder = try CountingForwarder(to: port)
        guard let transport = HTTPTransport(address: "http://127.0.0.1:\(forwarder.port)") else {
            throw WrongResult("a port makes no address")
        }
        _ = try await sync(over: transport, token: token, relay: relay)
        return try forwarder.stop()
    }
}
