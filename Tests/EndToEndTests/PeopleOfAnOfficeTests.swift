import CanvassCoding
import Foundation
import TestSupport
import Testing

/// What an operator does for a field office: cards for a team, lost tablets, tokens that leaked.
struct PeopleOfAnOfficeTests {
    private func prepared() async throws -> Organisation {
        let organisation = try Organisation()
        try await organisation.startRelay()
        try await organisation.openCampaign(by: "designer")
        return organisation
    }

    private func join(_ person: String, as role: String, in organisation: Organisation) async throws {
        try await organisation.join(person, role: role)
        try await organisation.json(person, "sync")
    }

    private func collect(_ person: String, in organisation: Organisation) async throws {
        let outcome = try await organisation.run(
            person, ["collect", "field", "--answers", "-", "--json"], input: Data(#"{"score": 7}"#.utf8))
        #expect(outcome.status == 0, "\(outcome.errorText)")
    }

    private func device(of person: String, in organisation: Organisation) async throws -> String {
        let devices = try #require(try await organisation.relayCommand(["devices"]).listValue)
        let listed = devices.last { $0["name"]?.textValue == person && $0["revoked"]?.boolValue == false }
        return try #require(listed?["device"]?.textValue)
    }

    private func invitePeople(_ list: String, _ sheet: String, in organisation: Organisation) async throws
        -> BinaryRunner.Outcome
    {
        let file = try organisation.folder.write(list, to: "people.csv").path
        return try await BinaryRunner.run(
            "canvass-relay",
            [
                "invite", "--data", organisation.folder.path("relay"), "--campaign", "visits", "--role", "collector",
                "--from", file, "--html", sheet,
            ])
    }

    @Test func `a page of cards holds a link for each person, and is nobody else's to read`() async throws {
        let organisation = try await prepared()
        let sheet = organisation.folder.path("cards.html")
        let outcome = try await invitePeople("name,team\nSara,north\nOmar,north\n", sheet, in: organisation)
        #expect(outcome.status == 0, "\(outcome.errorText)")
        #expect(!outcome.outputText.contains("#") && !outcome.errorText.contains("#"), "no secret leaves the page")
        let mode = try FileManager.default.attributesOfItem(atPath: sheet)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let page = try String(contentsOfFile: sheet, encoding: .utf8)
        let links = page.components(separatedBy: "canvass join '").dropFirst().compactMap {
            $0.components(separatedBy: "'").first
        }
        #expect(links.count == 2)
        let joined = try await organisation.json("sara", "join", try #require(links.first))
        #expect(joined["name"]?.textValue == "Sara")

        let again = try await invitePeople("name,team\nSara,north\nOmar,north\n", sheet, in: organisation)
        #expect(again.status == 0)
        #expect(again.errorText.contains("2 have joined or have a link that works (Sara, Omar)"))
        #expect(try String(contentsOfFile: sheet, encoding: .utf8) == page, "there was nothing to write")
    }

    @Test func `a list with a mistake names it and changes nothing`() async throws {
        let organisation = try await prepared()
        let sheet = organisation.folder.path("cards.html")
        let outcome = try await invitePeople("name,role\nSara,collector\nOmar,colector\n", sheet, in: organisation)
        #expect(outcome.status == 3)
        #expect(outcome.errorText.contains("people.csv, line 3, column role: there is no role colector"))
        #expect(!FileManager.default.fileExists(atPath: sheet))
        let files = try FileManager.default.contentsOfDirectory(atPath: organisation.folder.url.path)
        #expect(!files.contains { $0.contains("cards") })
        let nowhere = try await invitePeople("name\nSara\n", "/nonexistent/cards.html", in: organisation)
        #expect(nowhere.status == 1 && nowhere.errorText.contains("/nonexistent/cards.html"))
        let good = try await invitePeople("name\nSara\n", sheet, in: organisation)
        #expect(good.outputText.contains("1 link"), "she was not invited by what failed: \(good.errorText)")
    }

    @Test func `a device goes on by itself after its token was replaced`() async throws {
        let organisation = try await prepared()
        try await join("ana", as: "collector", in: organisation)
        try await collect("ana", in: organisation)
        _ = try await organisation.relayCommand(["rotate", device(of: "ana", in: organisation)])
        #expect(try await organisation.json("ana", "sync")["sent"]?.integerValue == 1)
        try await collect("ana", in: organisation)
        #expect(try await organisation.json("ana", "sync")["sent"]?.integerValue == 1)
    }

    @Test func `a lost tablet is replaced, and what it kept enters by the operator`() async throws {
        let organisation = try await prepared()
        try await join("ana", as: "collector", in: organisation)
        try await join("ben", as: "reviewer", in: organisation)
        try await collect("ana", in: organisation)
        try await organisation.json("ana", "sync")
        try await collect("ana", in: organisation)
        let replaced = try await organisation.relayCommand(["replace", device(of: "ana", in: organisation)])
        let link = try #require(replaced["links"]?.listValue?.first?["link"]?.textValue)
        try await organisation.json("ana2", "join", link)
        try await organisation.json("ana2", "sync")
        #expect(try await organisation.json("ana2", "response", "list", "field").listValue?.count == 1)
        #expect(try await organisation.failure("ana", "sync").contains("revoked"))
        // The tablet turns up.
        let bundle = organisation.folder.path("ana.bundle")
        try await organisation.json("ana", "bundle", "export", bundle)
        let taken = try await organisation.relayCommand(["accept", "--from", bundle])
        #expect(taken["taken"]?.integerValue == 1 && taken["void"]?.integerValue == 0, "\(taken)")
        for person in ["ana2", "ben"] {
            try await organisation.json(person, "sync")
            #expect(try await organisation.json(person, "response", "list", "field").listValue?.count == 2, "\(person)")
        }
    }

    @Test func `no QR code goes into a pipe`() async throws {
        let organisation = try await prepared()
        let outcome = try await BinaryRunner.run(
            "canvass-relay", ["invite", "--data", organisation.folder.path("relay"), "--role", "admin"])
        #expect(outcome.outputText.split(separator: "\n").count == 1)
    }
}
