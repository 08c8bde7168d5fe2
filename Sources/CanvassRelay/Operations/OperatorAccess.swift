/// Who may read what is for operators: whoever reaches a listener of its own, which lies on an address that only they can
/// reach, and whoever has a token.
///
/// That a request comes from this machine says nothing: behind a reverse proxy, all do.
package struct OperatorAccess: Sendable {
    private let listenerPort: UInt16?
    let tokenHash: [UInt8]?

    /// - Parameter token: at least 16 characters long.
    package init(listenerPort: UInt16? = nil, token: String? = nil) {
        self.listenerPort = listenerPort
        tokenHash = token.map { SecretHash.of($0) }
    }

    func isListener(_ port: UInt16) -> Bool { listenerPort == port }
}
