import CanvassCommandLine
import Testing

@Suite struct ArgumentKindTests {
    @Test(arguments: [
        ("500ms", Duration.milliseconds(500)), ("0s", .zero), ("90s", .seconds(90)), ("15m", .seconds(900)),
        ("1h30m", .seconds(5400)), ("7d", .seconds(604_800)), ("2w", .seconds(1_209_600)),
        ("1w2d3h4m5s6ms", .milliseconds(788_645_006)),
    ])
    func `a length of time is read`(_ text: String, _ expected: Duration) throws {
        #expect(try ArgumentKind.duration.parse(text) == expected)
    }

    @Test(arguments: [
        "", "5", "s", "-5s", "5 s", "1.5h", "5s5s", "5s1h", "5y", "5S", "٥s", "9223372036854775807w",
        "15250284452w1000w", "99999999999999999999s", "1h30",
    ])
    func `what is no length of time is refused`(_ text: String) {
        #expect(throws: InvalidArgument.self) { try ArgumentKind.duration.parse(text) }
    }

    @Test(arguments: ["0s", "500ms", "1m30s", "1h30m", "1w1d", "3w6d23h59m59s999ms"])
    func `a length of time is described as it is typed`(_ text: String) throws {
        let kind = ArgumentKind.duration
        #expect(kind.describe(try kind.parse(text)) == text)
    }

    @Test(arguments: ["", " 1", "1 ", "1.0", "0x1F", "١", "1e3", "--1"])
    func `what is no whole number is refused`(_ text: String) {
        #expect(throws: InvalidArgument("a whole number")) { try ArgumentKind.integer().parse(text) }
    }

    @Test(arguments: ["", "inf", "-inf", "nan", "1,5", "1e999", "one"])
    func `what is no finite number is refused`(_ text: String) {
        #expect(throws: InvalidArgument("a number")) { try ArgumentKind.number().parse(text) }
    }
}
