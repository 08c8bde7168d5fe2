import CanvassCoding
import Foundation
import TestSupport
import Testing

@testable import CanvassBenchmarks

/// How `canvass-bench growth` judges growth.
struct BenchmarkGrowthTests {
    private static func growth(_ order: Growth.Order, _ medians: [(Int, Double)]) -> Growth {
        Growth(
            name: "work", unit: .seconds, order: order,
            points: medians.map { (size: $0.0, samples: Samples([$0.1])) })
    }

    @Test func `what grows as it may has a ratio of one`() {
        let constant = Self.growth(.constant, [(1_000, 0.002), (100_000, 0.002)])
        #expect(constant.factor == 1 && constant.figure.ratio == 1)
        #expect(constant.sizeFactor == 100)
        // log(100,000) is five thirds of log(1,000).
        #expect(abs(constant.linearithmicFactor - 500.0 / 3) < 1e-9)
        let sorting = Self.growth(.linearithmic, [(1_000, 0.3), (100_000, 50)])
        #expect(abs((sorting.figure.ratio ?? 0) - 1) < 1e-9)
    }

    @Test func `what grows faster stands out`() {
        let withHistory = Self.growth(.constant, [(1_000, 0.001), (10_000, 0.01), (100_000, 0.1)])
        #expect(abs((withHistory.figure.ratio ?? 0) - 100) < 1e-9)
        let quadratic = Self.growth(.linearithmic, [(1_000, 0.001), (100_000, 10)])
        #expect(abs((quadratic.figure.ratio ?? 0) - 60) < 1e-9)
        #expect(quadratic.figure.name == "work, 100,000 responses")
    }

    @Test func `growth is shown at every size`() async throws {
        let outcome = try await BinaryRunner.run(
            "canvass-bench", ["growth", "--quick", "--json"], timeout: .seconds(180))
        #expect(outcome.status == 0, "\(outcome.errorText)")
        let benchmark = try JSON.decode([UInt8](outcome.output))["benchmarks"]?.listValue?.first
        let growths = try #require(benchmark?["growth"]?.listValue)
        #expect(
            growths.compactMap { $0["name"]?.textValue } == [
                "record a response", "apply all, fresh replica", "apply 500 more", "sync with nothing new",
                "sync of one change", "report",
            ])
        for growth in growths {
            #expect(growth["sizes"]?.listValue?.count == 2)
            #expect((growth["factor"]?.doubleValue ?? 0) > 0)
        }
    }
}
