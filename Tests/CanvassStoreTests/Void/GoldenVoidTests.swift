import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import CanvassWire
import Foundation
import TestSupport
import Testing

/// The engine against `Protocol/vectors/void-changes.json`, which the model of the specification computes.
@Suite struct GoldenVoidTests {
    private let folder: TemporaryFolder
    private let vectors: Value

    init() throws {
        folder = try TemporaryFolder()
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Protocol/vectors/void-changes.json").standardized
        vectors = try JSON.decode(Array(Data(contentsOf: file)))
    }

    private func segments(of item: Value) throws -> [Segment] {
        try #require(item["segments"]?.listValue).map { segment in
            let digits = Array(try #require(segment.textValue).utf8)
            return try Segment(
                decoding: stride(from: 0, to: digits.count, by: 2).map { start in
                    try #require(UInt8(String(decoding: digits[start...start + 1], as: UTF8.self), radix: 16))
                })
        }
    }

    @Test func `void changes and erasures leave the state of the specification`() throws {
        for (number, item) in try #require(vectors["accepted"]?.listValue).enumerated() {
            let store = try folder.store(UInt64(number) + 1)
            let segments = try segments(of: item)
            for segment in segments { try store.apply(segment.changes()) }
            let scope = try #require(segments.first?.scope)
            let what = Comment(rawValue: item["what"]?.textValue ?? "")
            let digest = try #require(try store.digest(of: scope))
            #expect(
                StateDigest(rawValue: UInt64(bitPattern: digest)).description == item["digest"]?.textValue, what)
            let void = try store.log().filter { $0.body == nil }.map { change in
                change.dot.bytes.map { String(format: "%02x", $0) }.joined()
            }
            #expect(try Set(void) == Set(#require(item["void"]?.listValue).compactMap(\.textValue)), what)
            let states = try store.database.read { connection in try connection.states(in: scope) }
            let expected = try #require(item["entities"]?.listValue)
            #expect(states.map(\.kind) == expected.compactMap { $0["kind"]?.textValue }, what)
            for (state, entity) in zip(states, expected) {
                for winner in try #require(entity["winners"]?.mapValue) where winner.key != "@alive" {
                    guard winner.value.mapValue == nil else { continue }
                    #expect(state.value(of: winner.key) == winner.value, what)
                }
                #expect(state.isAlive == (entity["winners"]?["@alive"] != nil), what)
            }
            let report = try ReplicaStore.examine(
                path: folder.path("\(number + 1).canvass"), repairing: false)
            #expect(report.findings == [], what)
        }
    }

    @Test func `what no mark allows is refused`() throws {
        for (number, item) in try #require(vectors["refused"]?.listValue).enumerated() {
            let store = try folder.store(UInt64(number) + 50)
            let changes = try segments(of: item).flatMap { try $0.changes() }
            #expect(throws: StoreError.self, "\(item["why"]?.textValue ?? "")") { try store.apply(changes) }
            #expect(try store.log().isEmpty)
        }
    }
}
