/// One line of the result: samples, what they are compared with, and what they may be at most.
struct Figure: Sendable {
    /// The same work, or the same bytes, without Canvass.
    struct Anchor: Sendable {
        var name: String
        var samples: Samples
    }

    /// The greatest allowed median, in the unit of the figure or as a multiple of the anchor.
    enum Limit: Sendable {
        case value(Double)
        case ratio(Double)
    }

    enum Verdict: String, Sendable {
        case ok, over
    }

    var name: String
    var unit: FigureUnit
    var samples: Samples
    var anchor: Anchor?
    var limit: Limit?

    /// The median as a multiple of the anchor's.
    var ratio: Double? {
        guard let anchor, anchor.samples.median > 0 else { return nil }
        return samples.median / anchor.samples.median
    }

    /// Nil without a limit, or without samples to hold against it.
    var verdict: Verdict? {
        switch limit {
        case .value(let greatest): samples.count == 0 ? nil : samples.median <= greatest ? .ok : .over
        case .ratio(let greatest): ratio.map { $0 <= greatest ? .ok : .over }
        case nil: nil
        }
    }

    var limitText: String {
        switch limit {
        case .value(let greatest): "≤ \(unit.text(greatest))"
        case .ratio(let greatest): "≤ \(FigureUnit.multiple(greatest))"
        case nil: ""
        }
    }

    /// "record a response: 180 µs, 4.3 × plain SQLite; the limit is ≤ 3 ×"
    var explanation: String {
        let comparison = ratio.flatMap { ratio in anchor.map { ", \(FigureUnit.multiple(ratio)) \($0.name)" } } ?? ""
        return "\(name): \(unit.text(samples.median))\(comparison); the limit is \(limitText)"
    }
}
