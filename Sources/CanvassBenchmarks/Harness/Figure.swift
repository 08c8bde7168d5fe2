/// One line of the result: samples, and what they are compared with.
struct Figure: Sendable {
    /// The same work, or the same bytes, without Canvass.
    struct Anchor: Sendable {
        var name: String
        var samples: Samples
    }

    var name: String
    var unit: FigureUnit
    var samples: Samples
    var anchor: Anchor?

    /// The median as a multiple of the anchor's.
    var ratio: Double? {
        guard let anchor, anchor.samples.median > 0 else { return nil }
        return samples.median / anchor.samples.median
    }

    /// "180 µs, 4.3 × a raw FULL commit (42 µs)"
    var measurement: String {
        let comparison = anchor.flatMap { anchor in
            ratio.map { ", \(FigureUnit.multiple($0)) \(anchor.name) (\(unit.text(anchor.samples.median)))" }
        }
        return unit.text(samples.median) + (comparison ?? "")
    }
}
