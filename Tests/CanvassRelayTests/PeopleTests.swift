import CanvassCRDT
import CanvassRelay
import CanvassWire
import Testing

/// Links for the people of a list.
@Suite final class PeopleTests: WinterCampaign {
    private static let list = """
        Name;Role;Team;Language
        Sara;collector;North;ar
        Omar;supervisor;North;
        "Lee, Kim";reviewer collector;;pt-BR

        """

    private func invite(
        _ text: String, isRepeating: Bool = false, prepare: (PeopleInvitation) throws -> Void = { _ in }
    ) throws -> PeopleInvitation {
        let common = InviteOrder(campaign: "Winter", roles: ["collector"])
        let people = try PeopleFile(Array(text.utf8), common: common).people
        return try relay.relay.invite(people, common: common, isRepeating: isRepeating, prepare: prepare)
    }

    private func problems(_ body: () throws -> Void) -> [String] {
        do {
            try body()
            return []
        } catch {
            return (error as? PeopleProblems)?.problems.map(\.description) ?? ["\(error)"]
        }
    }

    private func secret(_ invite: PersonalInvite) -> String {
        String(invite.invite.link.split(separator: "#").last ?? "")
    }

    @Test func `each person of a list gets a link that makes them who the list says`() throws {
        let invitation = try invite(PeopleTests.list)
        #expect(invitation.issued.map(\.person.name) == ["Sara", "Omar", "Lee, Kim"])
        #expect(invitation.issued.map(\.invite.roles) == [["collector"], ["supervisor"], ["collector", "reviewer"]])
        #expect(Set(invitation.issued.map(\.invite.link)).count == 3)
        var tablet = TestDevice(relay)
        #expect(try tablet.join(secret(invitation.issued[0]), name: "Somebody").name == "Sara")
        let person = try #require(try tablet.sync().roster?.people.first { $0.name == "Sara" })
        #expect(person.language == "ar")
        #expect(person.membership.team != nil)
        #expect(invitation.issued.allSatisfy { $0.campaign == "Winter" })
    }

    @Test func `the same list again invites nobody twice`() throws {
        let first = try invite(PeopleTests.list)
        var tablet = TestDevice(relay)
        try tablet.join(secret(first.issued[0]))
        let grown = PeopleTests.list + "Nils;;;\n"
        let again = try invite(grown)
        #expect(again.issued.map(\.person.name) == ["Nils"])
        #expect(again.issued.first?.invite.roles == ["collector"], "what is empty is as for all")
        #expect(again.passedOver.map(\.name) == ["Sara", "Omar", "Lee, Kim"])
        // A link that ran out is none.
        relay.advanceClock(milliseconds: 15 * 86_400_000)
        #expect(try invite(grown).issued.map(\.person.name) == ["Omar", "Lee, Kim", "Nils"])
    }

    @Test func `told to, it makes new links, and the former ones end`() throws {
        let first = try invite(PeopleTests.list)
        var tablet = TestDevice(relay)
        try tablet.join(secret(first.issued[0]))
        let second = try invite(PeopleTests.list, isRepeating: true)
        #expect(second.issued.count == 3)
        var late = TestDevice(relay)
        let problem = #expect(throws: Problem.self) { try late.join(self.secret(first.issued[1])) }
        #expect(problem?.kind == .inviteExpired)
        try late.join(secret(second.issued[1]))
        var other = TestDevice(relay)
        try other.join(secret(second.issued[0]))
        #expect(other.member == tablet.member, "one more device, not one more Sara")
    }

    @Test func `a link that ended stays so on a relay that lost everything`() throws {
        let first = try invite("name\nSara\n")
        _ = try invite("name\nSara\n", isRepeating: true)
        let (sheet, all) = (relay.relay.recoverySheet, try pages(of: admin).flatMap { try $0.decoded() })
        try relay.wipe(recovering: sheet)
        var back = admin
        try back.joinAgain()
        #expect(try back.sync(push: all.filter { $0.scope.kind == .roster }).refused.isEmpty)
        var late = TestDevice(relay)
        let problem = #expect(throws: Problem.self) { try late.join(self.secret(first.issued[0])) }
        #expect(problem?.kind == .inviteExpired)
    }

    @Test func `rows that are wrong are named, and nobody is invited`() throws {
        let text = """
            name,role,team,campaign,language
            Sara,colector,,,
            ,collector,,,
            Omar,supervisor,,,
            Sara,collector,,,
            Kim,collector,,Wintr,
            Lea,collector,,,english
            Jo,admin,,Winter,
            Max,collector

            """
        let found = problems { _ = try self.invite(text) }
        #expect(
            found == [
                "line 3, column name: it is empty",
                "line 5, column name: Sara stands in line 2 already; write the two so that they can be told apart",
                "line 7, column language: english is no language code; write one such as en, ar or pt-BR",
                "line 9: 2 of 5 fields; add the missing ones, empty if need be",
            ])
        let rest = """
            name,role,team,campaign
            Sara,colector,,
            Omar,supervisor,,
            Kim,collector,,Wintr
            Jo,admin,,
            Lea,collector,South,

            """
        let later = problems { _ = try self.invite(rest) }
        #expect(later.count == 4)
        #expect(later.first?.hasPrefix("line 2, column role: there is no role colector") == true)
        #expect(later.contains { $0.hasPrefix("line 4, column campaign: there is no campaign called Wintr") })
        #expect(try admin.sync().roster?.teams.contains { $0.name == "South" } == false, "not even her team")
    }

    @Test(arguments: [
        ("who\nSara\n", "line 1, column who: no column of that name is known"),
        ("name,name\na,b\n", "line 1, column name: the column stands twice"),
        ("role\ncollector\n", "line 1: there is no column name"),
        ("name\n", "line 1: there is nobody below the header"),
    ]) func `a header that is wrong is named`(text: String, problem: String) {
        #expect(problems { _ = try self.invite(text) }.first?.hasPrefix(problem) == true)
    }

    @Test func `where the page cannot be written nothing is stored`() throws {
        struct DiskFull: Error {}
        #expect(throws: DiskFull.self) { try self.invite(PeopleTests.list) { _ in throw DiskFull() } }
        #expect(try invite(PeopleTests.list).passedOver.isEmpty)
    }

    @Test func `the page shows everybody, and obeys none of the names`() throws {
        let name = "<img src=x onerror=alert(1)> \"O'Neil\" & سارة"
        let invitation = try invite("name,team\n\"\(name.replacing("\"", with: "\"\""))\",<b>\n")
        let page = InviteSheet(invitation.issued).html
        #expect(page.contains("&lt;img src=x onerror=alert(1)&gt; &quot;O&#39;Neil&quot; &amp; سارة"))
        #expect(!page.contains("<img") && !page.contains("<b>") && !page.contains("<script"))
        #expect(page.contains("canvass join '\(invitation.issued[0].invite.link)'"))
        #expect(page.contains("default-src &#39;none&#39;; style-src &#39;sha256-"))
        #expect(page.contains("<svg viewBox"))
    }
}
