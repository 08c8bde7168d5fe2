import CanvassCRDT
import CanvassCoding
import Testing

/// Lists, their order and their conflicts, against the golden vectors.
@Suite struct GoldenListTests {
    @Test func `positions for new items are those of the specification`() throws {
        let vectors = try Vectors.load("lists")
        var labels: [Value: RunLabel] = [:]
        for known in try vectors.list("labels") {
            labels[.text(try known.text("label"))] = RunLabel(
                replica: try ReplicaID(bytes: known.hex("replica")), nonce: UInt64(try known.integer("nonce")))
        }
        for known in try vectors.list("positions") {
            let label = try #require(labels[.text(try known.text("label"))])
            let found = Position.run(
                Int(try known.integer("count")), after: known["after"]?.textValue.map { Position($0) },
                before: known["before"]?.textValue.map { Position($0) }, by: label)
            #expect(found.map { .list($0.map { .text($0.text) }) } ?? .null == known["positions"], "\(known)")
        }
    }

    @Test func `places make the lists of the specification`() throws {
        let vectors = try Vectors.load("lists")
        var places: [EntityID: Place] = [:]
        var clocks: [EntityID: Version] = [:]
        for known in try vectors.list("places") {
            let id = try EntityID(bytes: known.hex("id"))
            places[id] = Place(known["place"])
            clocks[id] = Version(
                dot: Dot(replica: Vectors.replica, sequence: 1, check: 0),
                stamp: Stamp(milliseconds: try known.integer("stamp")), value: .null)
        }
        let outline = Outline(places) { clocks[$0] }
        #expect(outline.cut.map(\.bytes) == (try ids(vectors.list("cut"))))
        let lists = try vectors.list("lists")
        #expect(outline.lists.count == lists.count)
        for known in lists {
            let parent = try #require(known["parent"])
            #expect(outline.lists[parent]?.map(\.bytes) == (try ids(known.list("entities"))), "\(parent)")
        }
    }

    @Test func `merge policies are those of the specification`() throws {
        let vectors = try Vectors.load("policies")
        for known in try vectors.list("fields") {
            let policy = MergePolicy.of(try known.text("field"), kind: try known.text("kind"))
            #expect(.bool(policy == .person) == known["isAsked"], "\(known)")
        }
        for known in try vectors.list("elements") {
            let policy = MergePolicy.of(try known.text("field"), element: "x", kind: try known.text("kind"))
            #expect(.bool(policy == .person) == known["isAsked"], "\(known)")
        }
    }

    private func ids(_ texts: [Value]) throws -> [[UInt8]] {
        try texts.map { try Value.map([.init("hex", $0)]).hex() }
    }
}
