import CanvassCRDT
import CanvassCoding
import CanvassRelay
import CanvassWire
import Foundation
import Testing

/// Protocol/openapi.yaml against the routes, messages and problems that the code has.
@Suite final class OpenAPITests: WinterCampaign {
    private let document: Outline

    init() throws {
        document = try Outline(Specification.read("openapi.yaml"))
        try super.init()
    }

    @Test func `every route is there with its methods, and no other`() {
        #expect(document.keys(["paths"]).sorted() == Route.allCases.map(\.rawValue).sorted())
        for route in Route.allCases {
            #expect(document.keys(["paths", route.rawValue]) == route.methods.map { $0.lowercased() }, "\(route)")
        }
    }

    @Test func `a route asks for the token that it needs`() {
        for route in Route.allCases {
            for method in route.methods {
                let security = document.keys(["paths", route.rawValue, method.lowercased(), "security"])
                let expected: [String] =
                    switch route.access {
                    case .anybody, .invited: []
                    case .enrolled: ["- device"]
                    case .operators: ["- operator"]
                    }
                #expect(security == expected, "\(method) \(route)")
            }
        }
    }

    @Test func `every problem is listed by its type, and no other`() {
        let listed = document.keys(["components", "schemas", "Problem", "properties", "type", "enum"])
        let types = Problem.Kind.allCases.map { "- urn:canvass:problem:\($0.rawValue)" } + ["- about:blank"]
        #expect(listed.sorted() == types.sorted())
    }

    @Test func `the status of every problem is one that some route may give`() {
        let paths = document.keys(["paths"])
        var given: Set<String> = []
        for path in paths {
            for method in document.keys(["paths", path]) {
                given.formUnion(document.keys(["paths", path, method, "responses"]).map { $0.filter(\.isNumber) })
            }
        }
        for kind in Problem.Kind.allCases { #expect(given.contains("\(kind.status)"), "\(kind)") }
    }

    private func properties(_ schema: String) -> [String] {
        document.keys(["components", "schemas", schema, "properties"]).sorted()
    }

    private func keys(_ value: Value?) throws -> [String] {
        try #require(value?.mapValue).map(\.key).sorted()
    }

    @Test func `the keys of the messages are those of real ones`() throws {
        let join = TestDevice(relay).joinRequest("")
        #expect(try properties("JoinRequest") == keys(join.value))
        var device = TestDevice(relay)
        let joined = try device.join(relay.invite("reviewer", campaign: "Winter", team: "North"))
        #expect(try properties("JoinAnswer") == keys(joined.value))
        var (chain, foreign) = (ada.responses, device.responses)
        let report = ScopeReport(scope: chain.scope, vector: VersionVector(), digest: nil)
        let request = SyncRequest(
            bookmark: nil, vectors: [report], reports: [], push: [try foreign.segment().encoded], roster: 0, clock: 0,
            pageBytes: 100_000)
        #expect(try properties("SyncRequest") == keys(request.value))
        #expect(try properties("Report") == keys(report.value))
        _ = try ada.sync(push: [try chain.segment()])
        let answer = try device.sync(request).value
        #expect(try properties("SyncAnswer") == keys(answer))
        let roster = answer["roster"]
        #expect(try properties("Roster") == keys(roster))
        for (schema, value) in [
            ("Refusal", answer["refused"]), ("TipSeal", answer["seals"]), ("ScopeOwner", roster?["scopes"]),
            ("Person", roster?["people"]), ("Team", roster?["teams"]), ("Report", answer["scopes"]),
        ] {
            #expect(try properties(schema) == keys(value?.listValue?.first), "\(schema)")
        }
        #expect(try properties("Problem") == keys(Problem(.notFound, "").value))
    }
}

/// The keys of a YAML document in block style, by their indentation: enough for one that we write ourselves.
private struct Outline {
    private let lines: [(indent: Int, key: String)]

    init(_ text: String) {
        lines = text.split(separator: "\n").compactMap { line in
            let content = line.drop { $0 == " " }
            guard !content.isEmpty, !content.hasPrefix("#") else { return nil }
            // A key ends with a colon before a blank or the end; what an item of a list begins with is kept.
            let end = content.ranges(of: ": ").first?.lowerBound ?? content.lastIndex(of: ":") ?? content.endIndex
            let isWhole = content.hasPrefix("- ") && !content.hasSuffix(":") && !content.contains(": ")
            let key = String(isWhole ? content : content[..<end]).filter { $0 != "\"" }
            return (line.count - content.count, key)
        }
    }

    /// The keys right below a path of keys.
    func keys(_ path: [String]) -> [String] {
        var range = lines.indices
        for name in path {
            let indent = lines[range].first?.indent
            guard let start = range.first(where: { lines[$0].indent == indent && lines[$0].key == name }) else {
                return []
            }
            let end = range.first { $0 > start && lines[$0].indent <= lines[start].indent } ?? range.upperBound
            range = (start + 1)..<end
        }
        let indent = lines[range].first?.indent
        return range.filter { lines[$0].indent == indent }.map { lines[$0].key }
    }
}
