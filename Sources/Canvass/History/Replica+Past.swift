import CanvassCRDT
import CanvassSQLite
import CanvassStore

/// A response as it was.
public struct PastResponse: Sendable, Hashable {
    public var response: Response
    public var moment: PastMoment
}

extension Replica {
    /// A response as it was at a moment, by what this replica knows today and by the clocks of the authors (see
    /// `PastMoment`); one that has been deleted since, too.
    ///
    /// - Parameters:
    ///   - id: the response's id, or how it begins.
    ///   - milliseconds: since 1970.
    /// - Throws: `CanvassError.notFound` where there was no such response then.
    public func response(
        named id: String, asOf milliseconds: Int64
    ) throws(CanvassError) -> PastResponse {
        let key = try responseKey(named: id)
        let (entity, moment) = try read { connection in
            let cut = try connection.cut(of: key.scope, asOf: milliseconds)
            return (
                try connection.pastEntity(key.id, kind: .response, in: key.scope, cut),
                try connection.pastMoment(milliseconds, displaced: cut.displaced)
            )
        }
        guard let response = entity.flatMap(Response.init) else {
            throw CanvassError(
                .notFound, "At that moment there was no response \(key.id)",
                remedy: "'canvass response history \(key.id)' says when it was made.")
        }
        return PastResponse(response: try ordered([response])[0], moment: moment)
    }
}
