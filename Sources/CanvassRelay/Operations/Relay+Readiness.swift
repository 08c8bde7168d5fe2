import CanvassHTTP
import Synchronization

/// What the relay knows of its own course, beside its database.
struct RelayCondition: Sendable {
    /// No more requests are accepted.
    var isEnding = false
    /// Why the last commit failed; nil after one that did not.
    var commitFailure: String?
}

extension Relay {
    /// Why requests should not be sent here now, in words for an operator; empty when they should.
    ///
    /// - Throws: what keeps the database from being read.
    func hindrances(in connection: inout LogConnection) throws -> [String] {
        let condition = condition.withLock { $0 }
        var hindrances: [String] = []
        if condition.isEnding { hindrances.append("the relay is stopping") }
        if try connection.missingRoster(as: identity) != nil {
            hindrances.append("the relay answers only admins until one has brought its roster back")
        }
        if let free = try connection.storage().freeBytes, free < environment.leastFreeBytes {
            hindrances.append("the disk has \(free) bytes left, and \(environment.leastFreeBytes) are wanted")
        }
        if let failure = condition.commitFailure { hindrances.append("the last commit failed: \(failure)") }
        if let hindrance = database.hindrance { hindrances.append(hindrance) }
        return hindrances
    }

    /// The answer to `/readyz`.
    func readiness(in connection: inout LogConnection) -> HTTPResponse {
        do {
            return Self.readiness(try hindrances(in: &connection))
        } catch {
            return Self.readiness(["the database cannot be read: \(error)"])
        }
    }

    static func readiness(_ hindrances: [String]) -> HTTPResponse {
        let text = hindrances.isEmpty ? "ready\n" : "not ready\n" + hindrances.map { $0 + "\n" }.joined()
        return HTTPResponse(
            status: hindrances.isEmpty ? 200 : 503,
            headers: ["Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"], body: Array(text.utf8))
    }
}
