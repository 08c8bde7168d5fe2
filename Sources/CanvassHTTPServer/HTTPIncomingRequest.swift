package import CanvassHTTP

/// A complete request with the connection it came by.
package struct HTTPIncomingRequest: Sendable {
    package var request: HTTPRequest
    /// Never used twice by one server.
    package var connectionID: UInt64
    package var peer: HTTPAddress
    /// The port that the client connected to, where a server listens at several.
    package var localPort: UInt16

    package init(request: HTTPRequest, connectionID: UInt64, peer: HTTPAddress, localPort: UInt16 = 0) {
        self.request = request
        self.connectionID = connectionID
        self.peer = peer
        self.localPort = localPort
    }
}
