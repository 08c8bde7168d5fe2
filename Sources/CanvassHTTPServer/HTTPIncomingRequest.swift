package import CanvassHTTP

/// A complete request with the connection it came by.
package struct HTTPIncomingRequest: Sendable {
    package var request: HTTPRequest
    /// Never used twice by one server.
    package var connectionID: UInt64
    package var peer: HTTPAddress

    package init(request: HTTPRequest, connectionID: UInt64, peer: HTTPAddress) {
        self.request = request
        self.connectionID = connectionID
        self.peer = peer
    }
}
