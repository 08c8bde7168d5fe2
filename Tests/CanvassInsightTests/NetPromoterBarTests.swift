import CanvassInsight
import TestSupport
import Testing

@Suite struct NetPromoterBarTests {
    @Test func `largest remainders get the characters that are left`() {
        let bar = NetPromoterBar(NetPromoterScore(promoters: 50, passives: 30, detractors: 20))
        #expect(bar.text(width: 10).map(\.length) == [2, 3, 5])
        #expect(bar.text(width: 10, ascii: true).map(\.text).joined() == "--...+++++")
        #expect(bar.text(width: 10).map(\.text).joined() == "░░▒▒▒█████")
        // Quotas 1.4, 2.1 and 3.5 of 7: the half is the largest remainder.
        #expect(bar.text(width: 7).map(\.length) == [1, 2, 4])
        let thirds = NetPromoterBar(NetPromoterScore(promoters: 1, passives: 1, detractors: 1))
        #expect(thirds.text(width: 4).map(\.length).reduce(0, +) == 4)
    }

    @Test func `lengths add up to the width and stay within one of their quota`() {
        var random = SplitMix64.forTest(#function)
        for _ in 0..<2000 {
            let counts = (0..<3).map { _ in Int.random(in: 0...5000, using: &random) }
            guard counts.reduce(0, +) > 0 else { continue }
            let width = Int.random(in: 1...300, using: &random)
            let score = NetPromoterScore(promoters: counts[2], passives: counts[1], detractors: counts[0])
            let segments = NetPromoterBar(score).text(width: width, ascii: Bool.random(using: &random))
            #expect(segments.reduce(0) { $0 + $1.length } == width, "seed \(random.seed)")
            for (segment, count) in zip(segments, counts) {
                let quota = Double(width * count) / Double(counts.reduce(0, +))
                #expect(abs(Double(segment.length) - quota) < 1 + 1e-9, "seed \(random.seed)")
                #expect(segment.text.count == segment.length, "seed \(random.seed)")
            }
        }
    }

    @Test(arguments: [0, -1, Int.min]) func `no width is no bar`(width: Int) {
        let bar = NetPromoterBar(NetPromoterScore(promoters: 1, passives: 2, detractors: 3))
        #expect(bar.text(width: width).map(\.length) == [0, 0, 0])
    }

    @Test func `no answers are no bar`() {
        let bar = NetPromoterBar(NetPromoterScore(promoters: 0, passives: 0, detractors: 0))
        #expect(bar.text(width: 40).map(\.text) == ["", "", ""])
    }

    @Test func `a foreign width cannot exhaust the memory`() {
        let bar = NetPromoterBar(NetPromoterScore(promoters: 1, passives: 0, detractors: 0))
        #expect(bar.text(width: Int.max).map(\.length) == [0, 0, 10_000])
    }
}
