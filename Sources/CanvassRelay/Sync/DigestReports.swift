import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassWire

/// What clients say the digest of a scope is.
///
/// The relay merges nothing, so it knows a digest only from a client. It keeps one for each scope, for the vector that it
/// holds itself: that is the one every client can compare with. Equal vectors must mean equal digests (rule 11), so a
/// second report that differs raises an alarm, and the first one stays.
struct DigestReports {
    let caller: Caller
    let environment: RelayEnvironment

    func take(_ reports: [ScopeReport], in connection: inout LogConnection) throws {
        for report in reports {
            guard let digest = report.digest, let scope = try connection.scope(report.scope),
                caller.permission(for: scope.owner).read
            else { continue }
            let vector = report.vector.encoded
            if let known = try connection.report(of: scope), known.vector == vector {
                if known.digest != digest { try raiseAlarm(scope, known.digest, digest, in: &connection) }
            } else if VersionVector(try connection.branches(in: scope)) == report.vector {
                try connection.run(
                    """
                    INSERT INTO report (scope, vector, digest) VALUES (?1, ?2, ?3)
                    ON CONFLICT (scope) DO UPDATE SET vector = excluded.vector, digest = excluded.digest
                    """,
                    .integer(scope.number), .blob(vector), .blob(bigEndianBytes(digest.rawValue)))
            }
        }
    }

    private func raiseAlarm(
        _ scope: HeldScope, _ known: StateDigest, _ reported: StateDigest, in connection: inout LogConnection
    ) throws {
        let count = try connection.metaInteger(.digestAlarms) + 1
        try connection.setMeta(.digestAlarms, .integer(count))
        environment.log.record(
            .error, "digests differ", at: environment.now(),
            [
                "scope": .text("\(scope.id)"), "device": .text("\(caller.device)"), "known": .text("\(known)"),
                "reported": .text("\(reported)"), "alarms": .integer(count),
            ])
    }
}

extension LogConnection {
    /// The last vector of a scope that a digest is known for, encoded.
    mutating func report(of scope: HeldScope) throws -> (vector: [UInt8], digest: StateDigest)? {
        var statement = try cached("SELECT vector, digest FROM report WHERE scope = ?1")
        try statement.bind(scope.number, at: 1)
        guard try statement.step() else { return nil }
        return (statement.bytes(at: 0), StateDigest(rawValue: bigEndianInteger(statement.bytes(at: 1))))
    }

    /// What the relay holds of a scope, and the digest of exactly that where a client has told it.
    mutating func scopeReport(of scope: HeldScope) throws -> ScopeReport {
        let vector = VersionVector(try branches(in: scope))
        let known = try report(of: scope)
        return ScopeReport(
            scope: scope.id, vector: vector, digest: known?.vector == vector.encoded ? known?.digest : nil)
    }
}
