import CanvassInsight
import TestSupport
import Testing

@Suite struct ScoreTallyTests {
    @Test(arguments: [11, -1, 7.5, .nan, .infinity, -.infinity, 1e300, -0.5])
    func `what is no whole score of the scale never counts`(score: Double) {
        var tally = ScoreTally(scale: 0...10)
        tally.add(score)
        #expect(tally.n == 0)
        #expect(tally.outOfScale == 1)
        #expect(tally.unanswered == 0)
    }

    @Test(arguments: [nil, 0, -1, .nan, .infinity, 1e-200, 1e200] as [Double?])
    func `an answer without a usable weight is left out and reported`(weight: Double?) {
        var tally = ScoreTally(scale: 0...10, isWeighted: true)
        tally.add(10, weight: weight)
        tally.add(0, weight: 2)
        tally.add(nil, weight: weight)
        tally.add(11, weight: weight)
        #expect(tally.n == 1)
        #expect(tally.missingWeight == 1)
        #expect(tally.unanswered == 1)
        #expect(tally.outOfScale == 1)
        #expect(NetPromoterScore(tally).score == -100)
    }

    @Test func `negative zero is the score 0`() {
        var tally = ScoreTally(scale: 0...10)
        tally.add(-0.0)
        #expect(tally.count(of: 0...0) == 1)
    }

    @Test(arguments: [
        (1...5, true), (0...10, true), (-2...2, true), (0...100, true), (0...101, false), (3...3, false),
        (Int.min...Int.max, false), (1...1_000_000_000_000, false), (999_999...1_000_001, false),
    ]) func `a scale has 2 to 101 points within a million`(scale: ClosedRange<Int>, isUsable: Bool) {
        #expect(ScoreTally.isUsable(scale: scale) == isUsable)
    }

    @Test func `weights at the ends of what is usable keep all figures finite`() throws {
        let ends = ScoreTally.usableWeights
        for weights in [
            [ends.lowerBound, ends.upperBound], [ends.upperBound, ends.upperBound], [ends.lowerBound, ends.lowerBound],
        ] {
            let share = TopBoxShare(ScoreTally(scale: 1...5, weighted: [(5, weights[0]), (1, weights[1])]))
            let score = NetPromoterScore(ScoreTally(scale: 0...10, weighted: [(10, weights[0]), (7, weights[1])]))
            for weighting in try [#require(share.weighting), #require(score.weighting)] {
                #expect(weighting.kishEffectiveN >= 1 && weighting.kishEffectiveN <= 2)
                #expect(weighting.designEffectiveN > 0 && weighting.designEffectiveN <= 2)
                #expect(weighting.standardError?.isFinite == true)
            }
            for interval in try [#require(share.interval), #require(score.interval)] {
                #expect(interval.low.isFinite && interval.high.isFinite && interval.low <= interval.high)
            }
        }
    }

    @Test func `equal weights change nothing, whatever they are`() throws {
        var random = SplitMix64.forTest(#function)
        for _ in 0..<200 {
            let scores = (0..<Int.random(in: 1...60, using: &random)).map { _ in Int.random(in: 0...10, using: &random)
            }
            let weight = Double.random(in: 0.001...1000, using: &random)
            let plain = ScoreTally(scale: 0...10, scores: scores)
            let weighted = ScoreTally(scale: 0...10, weighted: scores.map { ($0, weight) })
            let pairs = [
                (NetPromoterScore(plain).interval, NetPromoterScore(weighted).interval),
                (TopBoxShare(plain).interval, TopBoxShare(weighted).interval),
                (
                    CustomerEffort(plain, convention: .mean).interval,
                    CustomerEffort(weighted, convention: .mean).interval
                ),
            ]
            for (left, right) in pairs where left != nil || right != nil {
                let (left, right) = try (#require(left), #require(right))
                #expect(isClose(left.low, right.low, within: 1e-8), "seed \(random.seed)")
                #expect(isClose(left.high, right.high, within: 1e-8), "seed \(random.seed)")
            }
            let score = try #require(NetPromoterScore(plain).score)
            #expect(isClose(NetPromoterScore(weighted).score, score), "seed \(random.seed)")
        }
    }

    @Test func `the order of answers changes nothing`() throws {
        var random = SplitMix64.forTest(#function)
        for _ in 0..<100 {
            let answers = (0..<80).map { _ in
                (score: Int.random(in: 0...10, using: &random), weight: Double.random(in: 0.1...5, using: &random))
            }
            let shuffled = answers.shuffled(using: &random)
            let plain = ScoreTally(scale: 0...10, scores: answers.map(\.score))
            #expect(plain == ScoreTally(scale: 0...10, scores: shuffled.map(\.score)), "seed \(random.seed)")
            let left = try #require(NetPromoterScore(ScoreTally(scale: 0...10, weighted: answers)).interval)
            let right = NetPromoterScore(ScoreTally(scale: 0...10, weighted: shuffled)).interval
            #expect(isClose(right?.low, left.low), "seed \(random.seed)")
            #expect(isClose(right?.high, left.high), "seed \(random.seed)")
        }
    }
}
