import CanvassInsight
import Testing

@Suite struct TopBoxShareTests {
    @Test func `80 of 100 are 80 percent`() {
        let scores = Array(repeating: 5, count: 50) + Array(repeating: 4, count: 30) + Array(repeating: 2, count: 20)
        let result = TopBoxShare(ScoreTally(scale: 1...5, scores: scores))
        #expect(result.boxes == 4...5)
        #expect(result.successes == 80)
        #expect(result.n == 100)
        #expect(result.share == 80)
        #expect(isClose(result.interval?.low, 71.12, within: 0.005))
        #expect(isClose(result.interval?.high, 86.66, within: 0.005))
        #expect(result.scores.entries.map(\.n) == [0, 20, 0, 30, 50])
        #expect(result.scores.entries.map(\.share) == [0, 20, 0, 30, 50])
    }

    /// Expectations: numpy, `mean()` and `std(ddof=1)` of 5 4 4 2 1 3 5.
    @Test func `mean and standard deviation are those of the raw scores`() {
        let scores = TopBoxShare(ScoreTally(scale: 1...5, scores: [5, 4, 4, 2, 1, 3, 5])).scores
        #expect(isClose(scores.mean, 3.4285714285714284))
        #expect(isClose(scores.standardDeviation, 1.511857892036909))
    }

    @Test func `one answer has a share but no spread`() {
        let result = TopBoxShare(ScoreTally(scale: 1...5, scores: [5]))
        #expect(result.share == 100)
        #expect(isClose(result.interval?.low, 20.65493143772374))
        #expect(result.scores.standardDeviation == nil)
        let weighted = TopBoxShare(ScoreTally(scale: 1...5, weighted: [(5, 0.3)]))
        #expect(weighted.share == 100)
        #expect(isClose(weighted.interval?.low, 20.65493143772374))
        #expect(weighted.weighting?.standardError == nil)
    }

    @Test(arguments: [true, false]) func `no answers give no figures`(isWeighted: Bool) {
        let result = TopBoxShare(ScoreTally(scale: 1...5, isWeighted: isWeighted))
        #expect(result.n == 0)
        #expect(result.share == nil)
        #expect(result.interval == nil)
        #expect(result.scores.mean == nil)
        #expect(result.scores.entries.allSatisfy { $0.n == 0 && $0.share == nil })
        #expect(result.weighting == nil)
    }

    /// Expectations: numpy, and statsmodels' `proportion_confint(p * n, n, 0.05, "wilson")` at the design's n.
    @Test func `weights move the share and widen the interval`() throws {
        let result = TopBoxShare(
            ScoreTally(
                scale: 1...5, weighted: [(5, 1), (4, 2), (4, 0.5), (2, 1.5), (1, 3), (3, 0.25), (5, 1)]))
        #expect(isClose(result.share, 48.64864864864865))
        #expect(isClose(result.interval?.low, 16.17966762884621))
        #expect(isClose(result.interval?.high, 82.29969886428962))
        let weighting = try #require(result.weighting)
        #expect(isClose(weighting.standardError, 24.285430407263167))
        #expect(isClose(weighting.kishEffectiveN, 4.871886120996441))
        #expect(isClose(weighting.designEffectiveN, 4.941716625854935))
        #expect(isClose(result.scores.mean, 2.891891891891892))
        #expect(isClose(result.scores.standardDeviation, 1.735912373983355))
    }

    @Test func `where all weighted answers agree the interval is taken at Kish's size`() {
        let result = TopBoxShare(ScoreTally(scale: 1...5, weighted: [(5, 1), (4, 3)]))
        #expect(result.share == 100)
        #expect(isClose(result.weighting?.designEffectiveN, 1.6))
        #expect(result.interval?.high == 100)
        #expect((result.interval?.low ?? 100) < 100)
    }
}
