import CanvassCRDT
import CanvassCoding

extension VersionVector {
    /// The vector as a column holds it: its CBOR form, nothing for an empty one.
    var stored: [UInt8] {
        guard !isEmpty else { return [] }
        var writer = CBORWriter(reservingCapacity: 32 * dots.count)
        encode(to: &writer)
        return writer.bytes
    }

    init(stored bytes: [UInt8]) throws(CodingError) {
        self.init()
        guard !bytes.isEmpty else { return }
        var reader = CBORReader(bytes)
        self = try VersionVector(from: &reader)
        try reader.finish()
    }
}
