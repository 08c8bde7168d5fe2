/// One thing that is measured.
protocol Benchmark: Sendable {
    /// What it is run by: "record".
    var name: String { get }
    /// One line.
    var summary: String { get }
    /// Whether `all` runs it. What takes long, or needs a network, runs by its name alone.
    var isPartOfAll: Bool { get }

    /// Measures, and adds what it found to `outcome`.
    ///
    /// Rounds of the subject and of its anchor alternate, so that load from elsewhere falls on both.
    ///
    /// - Throws: where the work itself went wrong; a figure of wrong work is worth nothing.
    func run(in session: BenchmarkSession, into outcome: inout BenchmarkOutcome) async throws
}

extension Benchmark {
    var isPartOfAll: Bool { true }
}
