package import CanvassCRDT
import CanvassCoding

/// Which segment some bytes claim to be, as far as the first items of a header say: enough to tell a client what was refused,
/// however little else of it can be read.
package struct SegmentName: Sendable, Hashable {
    package let scope: ScopeID
    package let replica: ReplicaID
    package let firstSequence: UInt64

    package init(scope: ScopeID, replica: ReplicaID, firstSequence: UInt64) {
        self.scope = scope
        self.replica = replica
        self.firstSequence = firstSequence
    }

    /// Nil where not even these can be read.
    package init?(readingFrom bytes: [UInt8]) {
        do {
            var reader = CBORReader(bytes)
            guard try reader.arrayHeader() >= 4 else { return nil }
            _ = try reader.unsigned()
            scope = try ScopeID(bytes: reader.bytes())
            replica = try ReplicaID(bytes: reader.bytes())
            firstSequence = try reader.unsigned()
        } catch {
            return nil
        }
    }
}
