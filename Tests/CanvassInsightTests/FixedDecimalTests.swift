import CanvassInsight
import TestSupport
import Testing

@Suite struct FixedDecimalTests {
    @Test(arguments: [
        (39.8398, 1, "39.8"), (82.0685, 2, "82.07"), (2.675, 2, "2.68"), (-2.675, 2, "-2.68"), (0.5, 0, "1"),
        (1.5, 0, "2"), (2.5, 0, "3"), (0.49, 0, "0"), (-0.04, 1, "0.0"), (-0.0, 2, "0.00"), (-0.05, 1, "-0.1"),
        (9.99, 1, "10.0"), (99.995, 2, "100.00"), (0, 0, "0"), (100, 1, "100.0"), (0.05, 1, "0.1"), (0.04, 0, "0"),
        (5e-7, 6, "0.000001"), (4e-7, 6, "0.000000"), (1e-300, 3, "0.000"), (1.5e-5, 5, "0.00002"),
        (1e20, 1, "100000000000000000000.0"), (123_456_789.125, 2, "123456789.13"), (.nan, 1, "–"),
        (.infinity, 1, "–"), (-.infinity, 0, "–"), (-48.49864942025203, 2, "-48.50"),
        (0.1, 20, "0.10000000000000000000"),
    ]) func `rounds half away from zero`(value: Double, decimals: Int, text: String) {
        #expect(FixedDecimal.text(value, decimals: decimals) == text)
    }

    @Test func `what is written reads back within half a unit of the last digit`() throws {
        var random = SplitMix64.forTest(#function)
        for _ in 0..<2000 {
            let value = Double.random(in: -1000...1000, using: &random)
            let decimals = Int.random(in: 0...6, using: &random)
            let text = FixedDecimal.text(value, decimals: decimals)
            let unit = (0..<decimals).reduce(1.0) { unit, _ in unit / 10 }
            #expect(isClose(Double(text), value, within: unit * 0.500001), "seed \(random.seed)")
            #expect((text.split(separator: ".").dropFirst().first?.count ?? 0) == decimals, "seed \(random.seed)")
        }
    }
}
