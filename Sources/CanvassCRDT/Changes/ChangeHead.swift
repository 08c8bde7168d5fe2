package import CanvassCoding

/// Who made a change, when by their clock, and on what: `[context difference, stamp, author]` in canonical CBOR.
public struct ChangeHead: Sendable, Hashable {
    /// The replicas of which the author held other tips than at the same branch's previous change, each with all its
    /// tips. The chain itself stands for the author's own branch, which is never listed.
    public var contextDifference: VersionVector
    /// The author's clock when the change was made.
    public var stamp: Stamp
    /// The device that the change was made on.
    public var author: EntityID

    public init(contextDifference: VersionVector, stamp: Stamp, author: EntityID) {
        self.contextDifference = contextDifference
        self.stamp = stamp
        self.author = author
    }

    package var encoded: [UInt8] {
        var writer = CBORWriter(reservingCapacity: 40)
        writer.array(count: 3)
        contextDifference.encode(to: &writer)
        writer.integer(stamp.milliseconds)
        writer.bytes(author.bytes)
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(CodingError) {
        var reader = CBORReader(bytes)
        guard try reader.arrayHeader() == 3 else {
            throw CodingError(format: "change head", reason: "expected three parts", offset: 0)
        }
        contextDifference = try VersionVector(from: &reader)
        stamp = Stamp(milliseconds: try reader.integer())
        author = try EntityID(bytes: reader.bytes())
        try reader.finish()
    }
}
