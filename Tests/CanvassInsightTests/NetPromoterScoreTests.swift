import CanvassInsight
import Testing

@Suite struct NetPromoterScoreTests {
    /// The first is the worked example of the source; the others were computed from the formula in Python.
    @Test(arguments: [
        (50, 30, 20, 30, 14.05, 44.20, 0.005),
        (1436, 968, 342, 39.8398, 37.18236071697378, 42.4102184027061, 1e-9),
        (7, 2, 1, 60, 7.039408655596974, 85.26828365209533, 1e-9),
        (10, 0, 0, 100, 47.50355154479023, 100, 1e-9),
        (0, 5, 0, 0, -30.005697977220684, 30.005697977220684, 1e-9),
        (1, 0, 0, 100, -48.49864942025203, 98.49864942025202, 1e-9),
        (0, 0, 1, -100, -98.49864942025202, 48.49864942025203, 1e-9),
    ]) func `counts give the published score and interval`(
        promoters: Int, passives: Int, detractors: Int, score: Double, low: Double, high: Double, tolerance: Double
    ) {
        let result = NetPromoterScore(promoters: promoters, passives: passives, detractors: detractors)
        #expect(result.n == promoters + passives + detractors)
        #expect(isClose(result.score, score, within: 0.00005))
        #expect(isClose(result.interval?.low, low, within: tolerance))
        #expect(isClose(result.interval?.high, high, within: tolerance))
        #expect(result.weighting == nil)
    }

    @Test func `every score from 0 to 10 falls in its class`() {
        let result = NetPromoterScore(ScoreTally(scale: 0...10, scores: Array(0...10)))
        #expect(result.detractors == 7)
        #expect(result.passives == 2)
        #expect(result.promoters == 2)
        #expect(isClose(result.score, -500.0 / 11))
    }

    @Test func `no answers give no figures`() {
        for result in [
            NetPromoterScore(promoters: 0, passives: 0, detractors: 0),
            NetPromoterScore(ScoreTally(scale: 0...10)), NetPromoterScore(ScoreTally(scale: 0...10, isWeighted: true)),
        ] {
            #expect(result.n == 0)
            #expect(result.score == nil)
            #expect(result.interval == nil)
            #expect(result.promoterShare == nil)
            #expect(result.weighting == nil)
        }
    }

    @Test func `from two answers on the interval contains the score and stays on the scale`() {
        for promoters in 0...12 {
            for passives in 0...12 {
                for detractors in 0...12 where promoters + passives + detractors >= 2 {
                    let result = NetPromoterScore(promoters: promoters, passives: passives, detractors: detractors)
                    guard let score = result.score, let interval = result.interval else {
                        Issue.record("no figures for \(promoters), \(passives), \(detractors)")
                        continue
                    }
                    #expect(interval.low <= score && score <= interval.high)
                    #expect(interval.low >= -100 && interval.high <= 100)
                }
            }
        }
    }

    /// Expectations: numpy, from the formulas in the documentation of `WeightedEstimate` and `ConfidenceInterval`.
    @Test func `weights move the score and widen the interval`() throws {
        let result = NetPromoterScore(
            ScoreTally(
                scale: 0...10,
                weighted: [(10, 1), (9, 2), (8, 0.5), (6, 1.5), (3, 3), (10, 0.25), (7, 1), (0, 2)]))
        #expect(isClose(result.score, -28.888888888888886))
        #expect(isClose(result.interval?.low, -74.03103060024141))
        #expect(isClose(result.interval?.high, 35.28194679862891))
        let weighting = try #require(result.weighting)
        #expect(isClose(weighting.sumOfWeights, 11.25))
        #expect(isClose(weighting.standardError, 38.27790811154366))
        #expect(isClose(weighting.kishEffectiveN, 5.869565217391305))
        #expect(isClose(weighting.designEffectiveN, 6.109050445103857))
        #expect([result.promoters, result.passives, result.detractors] == [3, 2, 3])
    }
}
