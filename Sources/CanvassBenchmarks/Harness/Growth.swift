import CanvassCommandLine
import Foundation

/// How a figure grows with the number of responses.
struct Growth: Sendable {
    /// What it may grow as.
    enum Order: String, Sendable {
        /// One thing more costs the same however much there is: all that is new, and nothing of the past.
        case constant = "not at all"
        case linearithmic = "n log n"

        /// How many times as much work a larger size makes.
        func factor(from small: Int, to large: Int) -> Double {
            switch self {
            case .constant: 1
            case .linearithmic: Double(large) * log(Double(large)) / (Double(small) * log(Double(small)))
            }
        }
    }

    var name: String
    var unit: FigureUnit
    var order: Order
    /// By rising size; at least one.
    var points: [(size: Int, samples: Samples)]

    private var first: (size: Int, samples: Samples) { points[0] }
    private var last: (size: Int, samples: Samples) { points[points.count - 1] }

    /// The greatest size's median as a multiple of the smallest one's.
    var factor: Double { last.samples.median / first.samples.median }

    /// How many times as many responses the greatest size has.
    var sizeFactor: Double { Double(last.size) / Double(first.size) }

    /// What growth by n log n would make of it.
    var linearithmicFactor: Double { Order.linearithmic.factor(from: first.size, to: last.size) }

    /// The same as a figure: the greatest size, with what the smallest one lets expect as its anchor. A ratio well above 1
    /// is worse growth than there may be.
    var figure: Figure {
        let expected = order.factor(from: first.size, to: last.size)
        return Figure(
            name: "\(name), \(FigureUnit.grouped(last.size)) responses", unit: unit, samples: last.samples,
            anchor: .init(
                name: order == .constant
                    ? "at \(FigureUnit.grouped(first.size))" : "n log n from \(FigureUnit.grouped(first.size))",
                samples: Samples(first.samples.values.map { $0 * expected })))
    }
}
