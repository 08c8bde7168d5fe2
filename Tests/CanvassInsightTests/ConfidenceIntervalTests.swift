import CanvassInsight
import Testing

@Suite struct ConfidenceIntervalTests {
    /// Expectations: statsmodels 0.14, `100 * proportion_confint(k, n, 0.05, "wilson")`.
    @Test(arguments: [
        (80, 100, 71.11708344068411, 86.66330666689676),
        (0, 10, 0, 27.753279986288927),
        (10, 10, 72.24672001371107, 100),
        (1, 1, 20.65493143772374, 100),
        (0, 1, 0, 79.34506856227627),
        (15, 148, 6.238639953073628, 16.048724172330804),
        (81, 263, 25.528851987827423, 36.62095769828),
        (1, 29, 0.6113214292762668, 17.175521879320293),
        (2206, 2688, 80.57279245860398, 83.4725841496934),
        (500_000, 1_000_000, 49.902001989000475, 50.097998010999525),
    ]) func `Wilson's interval agrees with statsmodels`(successes: Int, n: Int, low: Double, high: Double) {
        let interval = ConfidenceInterval.wilson(successes: successes, of: n)
        #expect(isClose(interval?.low, low))
        #expect(isClose(interval?.high, high))
    }

    @Test func `nobody asked has no interval`() {
        #expect(ConfidenceInterval.wilson(successes: 0, of: 0) == nil)
    }

    @Test func `Wilson's interval contains the share and mirrors its complement`() {
        for n in 1...60 {
            for successes in 0...n {
                let share = 100 * Double(successes) / Double(n)
                guard let interval = ConfidenceInterval.wilson(successes: successes, of: n),
                    let mirror = ConfidenceInterval.wilson(successes: n - successes, of: n)
                else {
                    Issue.record("no interval for \(successes) of \(n)")
                    continue
                }
                #expect(interval.low <= share && share <= interval.high)
                #expect(interval.low >= 0 && interval.high <= 100)
                #expect(isClose(interval.low, 100 - mirror.high, within: 1e-10))
            }
        }
    }
}
