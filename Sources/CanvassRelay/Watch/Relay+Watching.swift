import CanvassCRDT
import CanvassCoding
package import CanvassHTTP
import CanvassSQLite
import CanvassWire
import Synchronization

/// Live announcements: server-sent events (<https://html.spec.whatwg.org/multipage/server-sent-events.html>) that say up to
/// which position of its log the relay has something for the device, and nothing more: what it is the device asks by a sync.
extension Relay {
    /// What a watch asks for.
    struct WatchRequest {
        let tokenHash: [UInt8]
        /// The position that the device knows of; nil for that of now.
        let position: Int64?
    }

    private static let heartbeat = Array(":\n\n".utf8)

    private static func announcement(of position: Int64) -> [UInt8] {
        Array("id: \(position)\nevent: changes\ndata: \(position)\n\n".utf8)
    }

    /// Opens a stream.
    ///
    /// - Throws: `Problem` when the token is not good, or while the relay recovers.
    func watch(_ request: WatchRequest, on connectionID: UInt64, in connection: inout LogConnection) throws
        -> HTTPResponse
    {
        let caller = try connection.caller(tokenHash: request.tokenHash)
        if try connection.missingRoster(as: identity) != nil, !caller.isAdmin { throw Problem.recoveringRoster }
        let head = try connection.head().position
        let known = request.position ?? head
        // A position that this log does not have is that of a lost one: the device has to compare.
        let hasNews = try known > head || connection.touched(after: known, upTo: head).concerns(caller)
        watchers.withLock { watchers in
            if watchers.open.isEmpty { watchers.position = head }
            watchers.add(.init(tokenHash: request.tokenHash, caller: caller), on: connectionID)
        }
        return HTTPResponse(
            status: 200,
            headers: [
                "Content-Type": "text/event-stream", "Cache-Control": "no-store",
                // nginx would hold events back (its documentation of proxy_buffering).
                "X-Accel-Buffering": "no",
            ],
            body: hasNews ? Relay.announcement(of: head) : Relay.heartbeat,
            stream: HTTPStream(heartbeat: Relay.heartbeat))
    }

    /// Announces what came since the last time, whoever wrote it; another process may have.
    package func nextParts() -> [HTTPStreamPart] {
        watchers.withLock { watchers in
            var parts = watchers.takeSurplus().map { HTTPStreamPart(connectionID: $0, bytes: [], isLast: true) }
            guard !watchers.open.isEmpty else { return parts }
            do {
                try database.read { connection in
                    let head = try connection.head().position
                    guard head != watchers.position else { return }
                    let touched = try connection.touched(after: watchers.position, upTo: head)
                    if touched.hasRoster {
                        let revoked = try watchers.refresh { watcher in
                            do {
                                return try connection.caller(tokenHash: watcher.tokenHash)
                            } catch is Problem {
                                return nil
                            }
                        }
                        parts += revoked.map { HTTPStreamPart(connectionID: $0, bytes: [], isLast: true) }
                    }
                    let announcement = Relay.announcement(of: head)
                    for (connection, watcher) in watchers.open where touched.concerns(watcher.caller) {
                        parts.append(HTTPStreamPart(connectionID: connection, bytes: announcement))
                    }
                    watchers.position = head
                }
            } catch {
                environment.log.record(
                    .error, "changes were not announced", at: environment.now(), ["error": .text("\(error)")])
            }
            return parts
        }
    }

    package func streamEnded(_ connectionID: UInt64) {
        watchers.withLock { $0.remove(connectionID) }
    }
}

/// The scopes that a part of the log is about.
private struct TouchedScopes {
    var owners: [ScopeOwner] = []
    /// Memberships, names or grants have changed: that concerns everybody.
    var hasRoster = false

    func concerns(_ caller: Caller) -> Bool {
        hasRoster || owners.contains { caller.permission(for: $0).read }
    }
}

extension LogConnection {
    /// The scopes of the segments from `position` on, without it.
    fileprivate mutating func touched(after position: Int64, upTo head: Int64) throws -> TouchedScopes {
        var touched = TouchedScopes()
        guard position < head else {
            // The log is an older one: whatever was announced of the other no longer counts.
            touched.hasRoster = position > head
            return touched
        }
        var statement = try cached("SELECT number FROM scope WHERE latest > ?1")
        try statement.bind(position, at: 1)
        var numbers: [Int64] = []
        while try statement.step() { numbers.append(statement.int64(at: 0)) }
        statement.reset()
        for number in numbers {
            guard let scope = try scope(number: number) else { continue }
            if scope.id.kind == .roster { touched.hasRoster = true } else { touched.owners.append(scope.owner) }
        }
        return touched
    }
}
