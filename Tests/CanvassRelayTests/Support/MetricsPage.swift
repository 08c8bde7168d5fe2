import Foundation

/// Reads the text format of Prometheus, and refuses what its specification does not allow
/// (<https://prometheus.io/docs/instrumenting/exposition_formats/>).
struct MetricsPage {
    struct Malformed: Error, CustomStringConvertible {
        let description: String

        init(_ what: String, _ line: Substring = "") { description = "\(what): \(line)" }
    }

    /// By name and labels as they are written: `name{a="b"}`.
    private(set) var values: [String: Double] = [:]
    private(set) var types: [String: String] = [:]

    init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Malformed("no line end at the end") }
        var family = ""
        var described: Set<String> = []
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("# HELP ") {
                let words = line.split(separator: " ", maxSplits: 3)
                guard words.count == 4, described.insert(String(words[2])).inserted else {
                    throw Malformed("HELP", line)
                }
                family = String(words[2])
            } else if line.hasPrefix("# TYPE ") {
                let words = line.split(separator: " ")
                guard words.count == 4, words[2] == family, types[family] == nil,
                    ["gauge", "counter", "histogram"].contains(words[3])
                else { throw Malformed("TYPE", line) }
                types[family] = String(words[3])
            } else {
                try readSample(line, of: family)
            }
        }
        try checkHistograms()
    }

    subscript(_ sample: String) -> Double? { values[sample] }

    private mutating func readSample(_ line: Substring, of family: String) throws {
        let pattern = /([a-zA-Z_:][a-zA-Z0-9_:]*)(\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)+)\})? (\S+)/
        guard let match = line.wholeMatch(of: pattern), let value = Double(match.output.4) else {
            throw Malformed("a sample", line)
        }
        let name = String(match.output.1)
        let suffixes = types[family] == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        guard suffixes.contains(where: { name == family + $0 }) else { throw Malformed("not of \(family)", line) }
        if types[family] == "counter" {
            guard value >= 0, name.hasSuffix("_total") else { throw Malformed("a counter", line) }
        }
        let key = name + (match.output.2.map { String($0) } ?? "")
        guard values.updateValue(value, forKey: key) == nil else { throw Malformed("twice", line) }
    }

    /// Buckets grow with their bounds, and the last holds all.
    private func checkHistograms() throws {
        for (family, _) in types where types[family] == "histogram" {
            let buckets = values.keys.filter { $0.hasPrefix(family + "_bucket{") }
            let groups = Dictionary(grouping: buckets) { $0.replacing(/,?le="[^"]*"/, with: "") }
            for (group, keys) in groups {
                func bound(_ key: String) -> Double {
                    let text = key.firstMatch(of: /le="([^"]*)"/).map { String($0.output.1) } ?? ""
                    return text == "+Inf" ? .infinity : Double(text) ?? .nan
                }
                let counts = keys.sorted { bound($0) < bound($1) }.map { values[$0] ?? .nan }
                guard counts == counts.sorted(), keys.contains(where: { bound($0) == .infinity }) else {
                    throw Malformed("buckets of \(group)")
                }
                let count = group.replacing("_bucket{}", with: "_count").replacing("_bucket{", with: "_count{")
                guard values[count] == counts.last else { throw Malformed("the count of \(group)") }
            }
        }
    }
}
