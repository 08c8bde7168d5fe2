/// What one benchmark found.
struct BenchmarkOutcome: Sendable {
    /// Something that could not be measured here.
    struct Omission: Sendable {
        var what: String
        var reason: String
    }

    let benchmark: String
    private(set) var figures: [Figure] = []
    private(set) var growths: [Growth] = []
    private(set) var omissions: [Omission] = []
    /// The greatest resident memory of this process while it ran, in bytes; nil where the system does not tell.
    var peakMemoryBytes: Int?
    /// How long all of it took.
    var seconds = 0.0

    init(benchmark: String) {
        self.benchmark = benchmark
    }

    mutating func add(_ figure: Figure) {
        figures.append(figure)
    }

    mutating func add(_ growth: Growth) {
        growths.append(growth)
    }

    /// Everything that may have a limit.
    var judged: [Figure] { figures + growths.map(\.figure) }

    mutating func skip(_ what: String, because reason: String) {
        omissions.append(Omission(what: what, reason: reason))
    }
}
