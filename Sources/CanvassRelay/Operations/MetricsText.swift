/// Writes the text format of Prometheus, version 0.0.4 (<https://prometheus.io/docs/instrumenting/exposition_formats/>).
///
/// Invariants:
/// 1. A family is written once and whole: HELP, TYPE, then its samples, none of them twice.
/// 2. Names are written down in this program; values of labels may be anybody's, and are escaped.
struct MetricsText {
    typealias Labels = [(name: String, value: String)]

    private(set) var text = ""

    mutating func gauge(_ name: StaticString, _ help: StaticString, _ value: Double?) {
        guard let value else { return }
        gauges(name, help, [([], value)])
    }

    mutating func gauges(_ name: StaticString, _ help: StaticString, _ samples: [(labels: Labels, value: Double)]) {
        family(name, "gauge", help, samples)
    }

    mutating func counter(_ name: StaticString, _ help: StaticString, _ value: Int) {
        family(name, "counter", help, [([], Double(value))])
    }

    mutating func counters(_ name: StaticString, _ help: StaticString, _ samples: [(labels: Labels, value: Double)]) {
        family(name, "counter", help, samples)
    }

    mutating func histograms(
        _ name: StaticString, _ help: StaticString, _ samples: [(labels: Labels, histogram: Histogram)]
    ) {
        guard !samples.isEmpty else { return }
        head(name, "histogram", help)
        for (labels, histogram) in samples {
            var below = 0
            for (bound, count) in zip(histogram.bounds, histogram.counts) {
                below += count
                sample("\(name)_bucket", labels + [("le", Self.number(bound))], Double(below))
            }
            sample("\(name)_bucket", labels + [("le", "+Inf")], Double(histogram.total))
            sample("\(name)_sum", labels, histogram.sum)
            sample("\(name)_count", labels, Double(histogram.total))
        }
    }

    private mutating func family(
        _ name: StaticString, _ type: StaticString, _ help: StaticString, _ samples: [(labels: Labels, value: Double)]
    ) {
        guard !samples.isEmpty else { return }
        head(name, type, help)
        for (labels, value) in samples { sample("\(name)", labels, value) }
    }

    private mutating func head(_ name: StaticString, _ type: StaticString, _ help: StaticString) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private mutating func sample(_ name: String, _ labels: Labels, _ value: Double) {
        text += name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0.name)=\"\(Self.escape($0.value))\"" }.joined(separator: ",") + "}"
        }
        text += " \(Self.number(value))\n"
    }

    /// Whole numbers without a decimal point, as people read them.
    private static func number(_ value: Double) -> String {
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return "\(whole)" }
        return "\(value)"
    }

    private static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
