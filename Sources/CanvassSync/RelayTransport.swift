package import CanvassWire

/// The way to a relay. HTTP is one; the simulator has another.
package protocol RelayTransport: Sendable {
    func join(_ request: JoinRequest) async throws(SyncFailure) -> JoinAnswer
    func sync(_ request: SyncRequest, token: String) async throws(SyncFailure) -> SyncAnswer
}
