import CanvassCoding

/// The greatest median that a figure may have, in its own unit or as a multiple of its anchor.
enum Bound: Sendable, Hashable {
    case value(Double)
    case ratio(Double)

    /// - Returns: nil where there is nothing to hold against it.
    func isKept(by figure: Figure) -> Bool? {
        switch self {
        case .value(let greatest): figure.samples.count == 0 ? nil : figure.samples.median <= greatest
        case .ratio(let greatest): figure.ratio.map { $0 <= greatest }
        }
    }

    func text(_ unit: FigureUnit) -> String {
        switch self {
        case .value(let greatest): "≤ \(unit.text(greatest))"
        case .ratio(let greatest): "≤ \(FigureUnit.multiple(greatest))"
        }
    }

    /// `{"value": 0.3}` or `{"ratio": 1.5}`.
    var value: Value {
        switch self {
        case .value(let greatest): ["value": Value(greatest)]
        case .ratio(let greatest): ["ratio": Value(greatest)]
        }
    }

    /// Reads what `value` writes; nil for anything else.
    init?(_ value: Value) {
        guard let members = value.mapValue, members.count == 1, let greatest = members[0].value.doubleValue,
            greatest > 0
        else { return nil }
        switch members[0].key {
        case "value": self = .value(greatest)
        case "ratio": self = .ratio(greatest)
        default: return nil
        }
    }
}
