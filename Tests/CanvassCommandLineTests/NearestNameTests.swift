import Testing

@testable import CanvassCommandLine

@Suite struct NearestNameTests {
    @Test(arguments: [
        ("", "", 0), ("list", "list", 0), ("lsit", "list", 1), ("lst", "list", 1), ("lists", "list", 1),
        ("kitten", "sitting", 3), ("ca", "abc", 3), ("", "abc", 3), ("abc", "", 3),
    ])
    func `slips are counted`(_ left: String, _ right: String, _ expected: Int) {
        #expect(NearestName.distance(left, right) == expected)
    }

    @Test func `the nearest is found, and nothing when all are far`() {
        let names = ["survey", "status", "sync", "response"]
        #expect(NearestName.find("survye", in: names) == "survey")
        #expect(NearestName.find("snyc", in: names) == "sync")
        #expect(NearestName.find("respnse", in: names) == "response")
        #expect(NearestName.find("xyzzy", in: names) == nil)
        #expect(NearestName.find("", in: names) == nil)
    }
}
