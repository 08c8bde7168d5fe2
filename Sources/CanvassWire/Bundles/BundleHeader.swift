package import CanvassCRDT
package import CanvassCoding

/// Who made a bundle. It stands at both ends of the file; the one at the end also says how much lies between them.
package struct BundleHeader: Message, Hashable {
    /// Nil for a device that has not joined one.
    package var organisation: EntityID?
    package var device: EntityID
    package var replica: ReplicaID
    /// The device's clock, milliseconds since 1970.
    package var made: Int64
    /// At the end alone: the records of the file.
    package var counts: Counts?

    package struct Counts: Sendable, Hashable {
        package var certificates: UInt64
        package var vectors: UInt64
        package var segments: UInt64

        package init(certificates: UInt64, vectors: UInt64, segments: UInt64) {
            self.certificates = certificates
            self.vectors = vectors
            self.segments = segments
        }
    }

    package static let format: UInt64 = 1

    package init(organisation: EntityID?, device: EntityID, replica: ReplicaID, made: Int64) {
        self.organisation = organisation
        self.device = device
        self.replica = replica
        self.made = made
    }

    package init(value: Value) throws(CodingError) {
        let fields = try FieldReader("bundle", value)
        guard try fields.unsigned("format") == BundleHeader.format else {
            throw fields.wrong("format", "\(BundleHeader.format)")
        }
        organisation = try fields.optionalID("organisation")
        device = try fields.id("device")
        replica = try ReplicaID(bytes: fields.bytes("replica"))
        made = try fields.integer("made")
        guard fields.optional("segments") != nil else { return }
        counts = Counts(
            certificates: try fields.unsigned("certificates"), vectors: try fields.unsigned("vectors"),
            segments: try fields.unsigned("segments"))
    }

    package var value: Value {
        .map([
            .init("format", .integer(Int64(BundleHeader.format))),
            .init("organisation", organisation.map { .bytes($0.bytes) } ?? .null),
            .init("device", .bytes(device.bytes)), .init("replica", .bytes(replica.bytes)),
            .init("made", .integer(made)),
            .init("certificates", counts.map { .integer(Int64(clamping: $0.certificates)) } ?? .null),
            .init("vectors", counts.map { .integer(Int64(clamping: $0.vectors)) } ?? .null),
            .init("segments", counts.map { .integer(Int64(clamping: $0.segments)) } ?? .null),
        ])
    }
}
