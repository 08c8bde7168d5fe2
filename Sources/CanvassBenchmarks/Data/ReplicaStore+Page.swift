import CanvassStore
import CanvassSync
import CanvassWire
import Foundation

extension ReplicaStore {
    static func fresh(at file: URL) throws -> ReplicaStore {
        var random = SystemRandomNumberGenerator()
        return try create(path: file.path, clockMilliseconds: 1_000, using: &random)
    }

    /// The segments of a push that takes all at once.
    func everythingToPush() throws -> [[UInt8]] {
        var limits = SyncLimits()
        limits.pushBytes = .max
        return try prepareSync(withholding: [], clockMilliseconds: 0, limits: limits).request.push
    }

    /// Takes segments as a page of a sync.
    ///
    /// - Returns: how many changes were new.
    func take(_ segments: [[UInt8]]) throws -> Int {
        let request = try prepareSync(withholding: [], clockMilliseconds: 0).request
        let answer = SyncAnswer(segments: segments, time: 0)
        return try commitPage(answer, for: request, clockMilliseconds: 0).received
    }
}
