import CanvassInsight
import Testing

@Suite struct CustomerEffortTests {
    @Test func `5 to 7 of seven count under the convention for seven points`() {
        let result = CustomerEffort(ScoreTally(scale: 1...7, scores: Array(1...7)), convention: .fiveToSeven)
        #expect(result.successes == 3)
        #expect(isClose(result.score, 300.0 / 7))
        #expect(result.interval == ConfidenceInterval.wilson(successes: 3, of: 7))
    }

    @Test func `the top two of five count under the convention for five points`() {
        let result = CustomerEffort(ScoreTally(scale: 1...5, scores: Array(1...5)), convention: .topTwo)
        #expect(result.successes == 2)
        #expect(result.score == 40)
        #expect(result.convention == .topTwo)
    }

    /// Expectations: statsmodels, `DescrStatsW(y).zconfint_mean()`, whose standard error is s/√n, too.
    @Test func `the mean has an interval on the scale`() {
        let result = CustomerEffort(ScoreTally(scale: 1...5, scores: [5, 4, 4, 2, 1, 3, 5]), convention: .mean)
        #expect(isClose(result.score, 3.4285714285714284))
        #expect(isClose(result.interval?.low, 2.308592008834254))
        #expect(isClose(result.interval?.high, 4.548550848308603))
        #expect(result.successes == nil)
    }

    /// Expectations: numpy, mean ± 1.95996 times the linearised standard error.
    @Test func `a weighted mean has the linearised standard error`() {
        let result = CustomerEffort(
            ScoreTally(
                scale: 1...5, weighted: [(5, 1), (4, 2), (4, 0.5), (2, 1.5), (1, 3), (3, 0.25), (5, 1)]),
            convention: .mean)
        #expect(isClose(result.score, 2.891891891891892))
        #expect(isClose(result.weighting?.standardError, 0.8099390545194499))
        #expect(isClose(result.interval?.low, 1.304440515361347))
        #expect(isClose(result.interval?.high, 4.479343268422437))
    }

    @Test(arguments: CustomerEffort.Convention.allCases) func `raw scores stay, whatever the convention`(
        convention: CustomerEffort.Convention
    ) {
        let scores = [1, 1, 4, 7, 7, 7]
        let result = CustomerEffort(ScoreTally(scale: 1...7, scores: scores), convention: convention)
        #expect(result.n == 6)
        #expect(result.scores.entries.map(\.n) == [2, 0, 0, 1, 0, 0, 3])
        let none = CustomerEffort(ScoreTally(scale: 1...7), convention: convention)
        #expect(none.score == nil)
        #expect(none.interval == nil)
    }

    @Test func `a mean of one answer has no interval`() {
        let result = CustomerEffort(ScoreTally(scale: 1...5, scores: [4]), convention: .mean)
        #expect(result.score == 4)
        #expect(result.interval == nil)
    }

    @Test func `the customary convention follows the scale`() {
        #expect(CustomerEffort.Convention.customary(for: 1...7) == .fiveToSeven)
        #expect(CustomerEffort.Convention.customary(for: 1...5) == .topTwo)
    }
}
