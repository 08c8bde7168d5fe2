/// What is asked of one figure.
struct Threshold: Sendable, Hashable {
    /// Whether a figure keeps to its limit.
    enum Verdict: String, Sendable {
        case ok, over
    }

    /// More than this means that something got worse: `canvass-bench check` fails.
    var limit: Bound?
    /// What Canvass promises itself; shown as met or missed, and nothing fails.
    var target: Bound?
    /// What would be better still.
    var stretch: Bound?
    /// Where the limit comes from.
    var source: String
    /// What to do when it is exceeded.
    var remedy: String

    func verdict(on figure: Figure) -> Verdict? {
        limit?.isKept(by: figure).map { $0 ? .ok : .over }
    }

    /// "record a response: 180 µs, 4.3 × a raw FULL commit of 42 µs; the limit is ≤ 3 ×"
    func explanation(of figure: Figure) -> String {
        "\(figure.name): \(figure.measurement); the limit is \(limit?.text(figure.unit) ?? "not set")"
    }
}
