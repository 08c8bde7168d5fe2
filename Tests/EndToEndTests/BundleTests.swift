import CanvassCoding
import Foundation
import TestSupport
import Testing

/// Changes that travel in files, and a relay that lost what it had, with the real binaries.
struct BundleTests {
    /// A campaign with a published survey, a relay that is down, and people who have joined: collectors Ana and Cleo,
    /// reviewer Ben.
    private func prepared() async throws -> Organisation {
        let organisation = try Organisation()
        try await organisation.startRelay()
        try await organisation.openCampaign(by: "designer")
        for (person, role) in [("ana", "collector"), ("cleo", "collector"), ("ben", "reviewer")] {
            try await organisation.join(person, role: role)
            try await organisation.json(person, "sync")
        }
        // Everybody knows of everybody.
        for person in ["ana", "cleo", "ben", "designer"] { try await organisation.json(person, "sync") }
        try await organisation.stopRelay()
        return organisation
    }

    private func collect(_ person: String, _ score: Int, in organisation: Organisation) async throws -> String {
        let outcome = try await organisation.run(
            person, ["collect", "field", "--answers", "-", "--json"], input: Data(#"{"score": \#(score)}"#.utf8))
        #expect(outcome.status == 0, "\(outcome.errorText)")
        return try #require(try JSON.decode([UInt8](outcome.output))["response"]?.textValue)
    }

    private func ids(of person: String, in organisation: Organisation) async throws -> [String] {
        let responses = try #require(try await organisation.json(person, "response", "list", "field").listValue)
        return responses.compactMap { $0["id"]?.textValue }.sorted()
    }

    @Test func `what Ana collects reaches everybody though Ana is never online again`() async throws {
        let organisation = try await prepared()
        let bundle = organisation.folder.path("ana.bundle")
        let first = try await collect("ana", 1, in: organisation)
        let second = try await collect("ana", 2, in: organisation)
        try await organisation.json("ana", "bundle", "export", bundle)
        let taken = try await organisation.json("ben", "bundle", "import", bundle)
        #expect(taken["changes"]?.integerValue == 2)
        #expect(taken["lost"]?.listValue?.isEmpty == true)
        let listed = try #require(try await organisation.json("ben", "response", "list", "field").listValue)
        #expect(listed.map { $0["provisional"]?.boolValue } == [true, true])
        #expect(try await organisation.json("ben", "status")["provisional"]?.integerValue == 2)
        #expect(try await organisation.json("ben", "bundle", "import", bundle)["changes"]?.integerValue == 0)

        try await organisation.startRelay()
        let sync = try await organisation.json("ben", "sync")
        #expect(sync["carried"]?.integerValue == 2)
        #expect(sync["refused"]?.listValue?.isEmpty == true)
        #expect(try await organisation.json("ben", "status")["provisional"]?.integerValue == 0)
        let link = try await organisation.invite("--campaign", "visits", "--role", "reviewer", "--name", "Rita")
        try await organisation.json("rita", "join", link)
        try await organisation.json("rita", "sync")
        #expect(try await ids(of: "rita", in: organisation) == [first, second].sorted())
        // Ana comes online after all: nothing is there twice.
        try await organisation.json("ana", "sync")
        let digests = try await organisation.digests(of: "rita")
        for (scope, digest) in try await organisation.digests(of: "ana") { #expect(digests[scope] == digest) }
    }

    @Test func `a carrier who may not read hands a bundle to the relay`() async throws {
        let organisation = try await prepared()
        let bundle = organisation.folder.path("ana.bundle")
        let response = try await collect("ana", 1, in: organisation)
        try await organisation.json("ana", "bundle", "export", bundle, "--scope", "responses")
        let left = try await organisation.json("cleo", "bundle", "import", bundle)
        #expect(left["changes"]?.integerValue == 0)
        #expect(left["leftOut"]?.listValue?.count == 1)
        try await organisation.startRelay()
        let sent = try await organisation.json("cleo", "bundle", "send", bundle)
        #expect(sent["delivered"]?.integerValue == 1)
        try await organisation.json("ben", "sync")
        #expect(try await ids(of: "ben", in: organisation) == [response])
        #expect(try await ids(of: "cleo", in: organisation).isEmpty)
    }

    @Test func `a damaged bundle gives what is whole, and its loss an exit code of its own`() async throws {
        let organisation = try await prepared()
        let path = organisation.folder.path("ana.bundle")
        for number in 0..<3 { _ = try await collect("ana", number, in: organisation) }
        try await organisation.json("ana", "bundle", "export", path)
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        bytes.removeLast(40)
        try Data(bytes).write(to: URL(filePath: path))
        let outcome = try await organisation.run("ben", ["bundle", "import", path])
        #expect(outcome.status == 3)
        #expect(outcome.outputText.contains("Lost:"))
        #expect(try await ids(of: "ben", in: organisation).count == 3)
        #expect(try await organisation.run("ben", ["bundle", "show", path]).status == 3)
        try Data("no bundle".utf8).write(to: URL(filePath: path))
        #expect(try await organisation.failure("ben", "bundle", "import", path).contains("is no bundle"))
    }

    @Test func `a relay restored from an old backup is filled by Ben, with what Ana made, who is gone`() async throws {
        let organisation = try await prepared()
        let backup = organisation.folder.url.appending(path: "old relay")
        try FileManager.default.copyItem(at: organisation.folder.url.appending(path: "relay"), to: backup)
        try await organisation.startRelay()
        var responses: [String] = []
        for number in 0..<3 {
            responses.append(try await collect("ana", number, in: organisation))
            try await organisation.json("ana", "sync")
        }
        try await organisation.json("ben", "sync")
        try await organisation.stopRelay()
        try FileManager.default.removeItem(at: organisation.folder.url.appending(path: "relay"))
        try FileManager.default.moveItem(at: backup, to: organisation.folder.url.appending(path: "relay"))
        try FileManager.default.removeItem(atPath: organisation.path(of: "ana"))

        try await organisation.startRelay()
        let sync = try await organisation.json("ben", "sync")
        #expect(sync["carried"]?.integerValue == 3)
        let link = try await organisation.invite("--campaign", "visits", "--role", "reviewer", "--name", "Rita")
        try await organisation.json("rita", "join", link)
        try await organisation.json("rita", "sync")
        #expect(try await ids(of: "rita", in: organisation) == responses.sorted())
        #expect(try await organisation.json("ben", "sync")["carried"]?.integerValue == 0)
    }

    @Test func `branches of a copied replica meet, one by bundle and one by relay, with edits on top of each`()
        async throws
    {
        let organisation = try await prepared()
        let response = try await collect("ana", 1, in: organisation)
        try await organisation.startRelay()
        try await organisation.json("ana", "sync")
        try FileManager.default.copyItem(
            atPath: organisation.path(of: "ana"), toPath: organisation.path(of: "twin"))
        try await organisation.json("ana", "response", "edit", response, "--set", "score=2")
        try await organisation.json("twin", "response", "edit", response, "--set", "score=3")
        let bundle = organisation.folder.path("twin.bundle")
        try await organisation.json("twin", "bundle", "export", bundle)
        try await organisation.json("ana", "sync")
        try await organisation.json("ben", "bundle", "import", bundle)
        try await organisation.json("ben", "sync")
        for _ in 0..<2 { try await organisation.json("ana", "sync") }
        try await organisation.json("ana", "response", "edit", response, "--set", "score=4")
        for person in ["ana", "ben", "twin", "ben", "ana"] { try await organisation.json(person, "sync") }
        let digests = try await organisation.digests(of: "ben")
        for person in ["ana", "ben", "twin"] {
            #expect(try await organisation.json(person, "conflicts", "list").listValue?.isEmpty == true)
            for (scope, digest) in try await organisation.digests(of: person) { #expect(digests[scope] == digest) }
        }
        #expect(try await ids(of: "ben", in: organisation) == [response])
    }
}
