import CanvassCRDT
import CanvassCoding
import CanvassRelay
import CanvassWire
import TestSupport
import Testing

/// Relays that were wiped or restored: what they know they lack, and how they get it back.
@Suite final class RecoveryTests: WinterCampaign {
    init() throws { try super.init(team: "North") }

    private var roster: ScopeID { ScopeID(.roster, organisation) }

    private func problem(_ body: () throws -> SyncAnswer) -> Problem.Kind? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? Problem)?.kind
        }
    }

    @Test func `a log that went another way is told by its rolling hash`() throws {
        try relay.copyFiles(as: "copy")
        var (mine, theirs) = (ada.responses, bob.responses)
        let first = try ada.sync(push: [try mine.segment(count: 3)])
        try relay.restoreFiles(from: "copy")
        let second = try bob.sync(push: [try theirs.segment(count: 3)])
        #expect(first.position == second.position, "the positions are used again")
        #expect(first.bookmark != second.bookmark)
        let answer = try ada.sync(bookmark: first.bookmark)
        #expect(answer.isReset)
        #expect(answer.segments.isEmpty)
        #expect(try !ada.sync(bookmark: try ada.sync().bookmark).isReset)
    }

    // MARK: The roster

    /// A relay that was restored from before Bob was revoked; what an admin and Rosa hold.
    private func forgetRevocation() throws -> (roster: [Segment], seal: [UInt8]) {
        try relay.copyFiles(as: "copy")
        _ = try relay.relay.revoke(bob.id.description)
        let seal = try #require(try reviewer.sync().rosterSeal)
        let held = try admin.sync().sealed(in: roster)
        try relay.restoreFiles(from: "copy")
        return (held, seal)
    }

    @Test func `a relay that lost a revocation answers admins alone until it is back`() throws {
        let (held, seal) = try forgetRevocation()
        #expect(problem { try bob.sync() } == nil, "nobody has told it yet")
        #expect(problem { try reviewer.sync(rosterSeal: seal) } == .recovering)
        #expect(problem { try bob.sync() } == .recovering)
        #expect(problem { try reviewer.sync() } == .recovering)
        var request = SyncRequest(
            bookmark: nil, vectors: [], reports: [], push: [], roster: 0, clock: relay.now, pageBytes: 1000)
        request.rosterSeal = seal
        let answer = try relay.post(
            "/v1/sync", request.encoded(),
            headers: ["Content-Type": "application/cbor", "Authorization": "Bearer \(ada.token)"])
        #expect(answer.status == 503)
        #expect(answer.header("retry-after") == "60")
        #expect(try relay.relay.isRecovering())
        #expect(try admin.sync(push: held).refused.isEmpty)
        #expect(try !relay.relay.isRecovering())
        #expect(problem { try reviewer.sync(rosterSeal: seal) } == nil)
        #expect(problem { try bob.sync() } == .deviceRevoked, "what the roster says is done again")
        let people = try #require(try admin.sync().roster).people
        #expect(people.map(\.name).sorted() == ["Ada", "Bob", "Rosa", "admin 1"])
    }

    @Test func `what a restored relay writes by itself does not make up for what it lacks`() throws {
        let (_, seal) = try forgetRevocation()
        for _ in 0..<5 { _ = try relay.invite("collector", campaign: "Winter") }
        let own = try #require(try reviewer.sync().rosterSeal.flatMap { RosterSeal(unchecked: $0) })
        #expect(own.changeCount > (try #require(RosterSeal(unchecked: seal)).changeCount))
        #expect(problem { try reviewer.sync(rosterSeal: seal) } == .recovering)
    }

    @Test func `a forged or an old seal on the roster says nothing`() throws {
        let old = try #require(try reviewer.sync().rosterSeal)
        _ = try relay.invite("collector", campaign: "Winter")
        #expect(problem { try reviewer.sync(rosterSeal: old) } == nil)
        for index in old.indices {
            var forged = old
            forged[index] ^= 0x40
            #expect(problem { try reviewer.sync(rosterSeal: forged) } == nil)
        }
        for bytes in [[], [1, 2, 3], [UInt8](repeating: 255, count: 48), [UInt8](repeating: 0, count: 49)] {
            #expect(problem { try reviewer.sync(rosterSeal: bytes) } == nil)
        }
        #expect(try !relay.relay.isRecovering())
    }

    @Test func `an operator can give up what is missing, but not what nobody has told of yet`() throws {
        try relay.copyFiles(as: "copy")
        let first = try #require(try reviewer.sync().rosterSeal)
        _ = try relay.invite("collector", campaign: "Winter")
        let second = try #require(try reviewer.sync().rosterSeal)
        _ = try relay.invite("collector", campaign: "Winter")
        let third = try #require(try reviewer.sync().rosterSeal)
        try relay.restoreFiles(from: "copy")
        #expect(problem { try reviewer.sync(rosterSeal: first) } == nil)
        #expect(problem { try reviewer.sync(rosterSeal: second) } == .recovering)
        #expect(try relay.relay.acceptRoster())
        #expect(problem { try reviewer.sync(rosterSeal: second) } == nil)
        #expect(problem { try ada.sync(rosterSeal: third) } == .recovering)
        #expect(try relay.relay.acceptRoster())
        #expect(try !relay.relay.acceptRoster())
    }

    // MARK: A new relay from the sheet

    @Test func `a wiped relay is filled again by those who come back`() throws {
        var (adas, bobs) = (ada.responses, bob.responses)
        _ = try ada.sync(push: [try adas.segment(count: 3)])
        _ = try bob.sync(push: [
            try bobs.segment([.put("survey", bob.id, "name", "misplaced")]), try bobs.segment(count: 2),
        ])
        let (hers, admins) = (try reviewer.sync(), try admin.sync())
        let seal = hers.rosterSeal
        try relay.wipe(recovering: relay.relay.recoverySheet)
        var (olga, rosa) = (admin, reviewer)
        #expect(problem { try rosa.sync() } == .unknownToken)
        let joined = try rosa.joinAgain()
        #expect(joined.token == reviewer.token)
        #expect(problem { try rosa.sync() } == .recovering, "also when it shows no seal")
        #expect(problem { try rosa.sync(rosterSeal: seal) } == .recovering)
        try olga.joinAgain()
        let answer = try olga.sync(push: try admins.decoded(), rosterSeal: admins.rosterSeal)
        #expect(answer.refused.isEmpty, "roster and design")
        let page = try rosa.sync(push: try hers.decoded(), rosterSeal: seal)
        #expect(page.refused.isEmpty, "what is not hers too")
        for chain in [adas, bobs] {
            let vector = try #require(page.vector(of: chain.scope))
            #expect(vector[chain.replica] == [chain.tip])
        }
        #expect(try reviewer.sync().marks().count == 1)
        let people = try #require(try admin.sync().roster).people
        #expect(people.map(\.name).sorted() == ["Ada", "Bob", "Rosa", "admin 1"])
        let roster = try #require(try admin.sync().roster)
        #expect(roster.scopes.count >= 3)
        #expect(roster.teams.map(\.name) == ["North"], "though an invite alone named it")
        #expect(try ada.sync(push: [try adas.segment()]).refused.isEmpty, "whom the roster brought back")
        #expect(try relay.relay.backup(to: relay.folder.path("backup.sqlite")).verification.findings == [])
        _ = try relay.invite("collector", campaign: "Winter")
    }

    /// Lets Bob supervise North too; before, or after, or both, the roster that the admin holds and Bob's certificate are from.
    /// Then the relay is wiped, both come back, and the admin brings the roster.
    ///
    /// - Returns: Bob's roles then.
    private func rolesAfterRecovery(
        rosterFromBefore: Bool, certificateFromBefore: Bool, certificateFirst: Bool
    ) throws -> Set<Role> {
        var (bob, olga) = (bob, admin)
        let (before, old) = (try admin.sync(), bob.certificate)
        relay.advanceClock(milliseconds: 1000)
        try bob.join(relay.invite("supervisor", campaign: "Winter", team: "North"))
        let admins = rosterFromBefore ? before : try admin.sync()
        relay.advanceClock(milliseconds: 1000)
        try relay.wipe(recovering: relay.relay.recoverySheet)
        if certificateFirst { try bob.joinAgain(certificate: certificateFromBefore ? old : nil) }
        try olga.joinAgain()
        #expect(try olga.sync(push: try admins.decoded(), rosterSeal: admins.rosterSeal).refused.isEmpty)
        if !certificateFirst { try bob.joinAgain(certificate: certificateFromBefore ? old : nil) }
        let people = try #require(try olga.sync().roster).people
        return try #require(people.first { $0.membership.member == bob.member }).membership.roles
    }

    @Test func `an old roster that comes back does not undo what a certificate says`() throws {
        let roles = try rolesAfterRecovery(rosterFromBefore: true, certificateFromBefore: false, certificateFirst: true)
        #expect(roles == [.collector, .supervisor])
    }

    @Test(arguments: [true, false])
    func `an old certificate does not undo what the roster says`(certificateFirst: Bool) throws {
        let roles = try rolesAfterRecovery(
            rosterFromBefore: false, certificateFromBefore: true, certificateFirst: certificateFirst)
        #expect(roles == [.collector, .supervisor])
    }

    @Test func `a roster of another history at the same position is sent again`() throws {
        try relay.copyFiles(as: "copy")
        let start = try admin.sync()
        _ = try relay.invite("collector", campaign: "Winter")
        let lost = try admin.sync(bookmark: start.bookmark)
        let position = try #require(lost.roster).position
        try relay.restoreFiles(from: "copy")
        _ = try relay.invite("reviewer", campaign: "Winter")
        let again = try admin.sync(bookmark: start.bookmark, roster: position, rosterSeal: lost.rosterSeal)
        #expect(again.roster?.position == position, "neither bookmark nor seal is of it")
        for (bookmark, seal) in [(again.bookmark, lost.rosterSeal), (start.bookmark, again.rosterSeal)] {
            #expect(try admin.sync(bookmark: bookmark, roster: position, rosterSeal: seal).roster == nil)
        }
    }

    @Test func `a certificate lets in only the device that it was made for`() throws {
        try relay.wipe(recovering: relay.relay.recoverySheet)
        var (ada, bob) = (self.ada, self.bob)
        func kind(_ body: () throws -> JoinAnswer) -> Problem.Kind? {
            do {
                _ = try body()
                return nil
            } catch {
                return (error as? Problem)?.kind
            }
        }
        #expect(kind { try ada.joinAgain(certificate: bob.certificate) } == .inviteUnknown)
        #expect(kind { try ada.joinAgain(joinKey: bob.joinKey) } == .joinKeyMismatch)
        for index in ada.certificate.indices {
            var altered = ada.certificate
            altered[index] ^= 0x04
            #expect(kind { try ada.joinAgain(certificate: altered) } == .inviteUnknown)
        }
        #expect(kind { try ada.joinAgain() } == nil)
        #expect(kind { try ada.joinAgain() } == nil, "and once more")
        _ = try relay.relay.revoke(ada.id.description)
        #expect(kind { try ada.joinAgain() } == .deviceRevoked)
        #expect(kind { try bob.joinAgain() } == nil)
    }

    @Test func `a sheet is read as people copy it, and its mistakes are found`() throws {
        let sheet = relay.relay.recoverySheet
        #expect(try RecoverySheet(text: sheet.line) == sheet)
        #expect(try RecoverySheet(text: "Sheet of 2026\n\n" + sheet.line.lowercased() + "\nkeep it\n") == sheet)
        let groups = try #require(sheet.line.split(separator: " ").last).replacing("-", with: "\n")
        #expect(try RecoverySheet(text: "\(RecoverySheet.keyword)\n\(groups)") == sheet)
        for text in ["", "nonsense", RecoverySheet.keyword, String(sheet.line.dropLast(2))] {
            #expect(throws: RelayFailure.self) { try RecoverySheet(text: text) }
        }
        let code = Array(sheet.line.utf8)
        for index in (RecoverySheet.keyword.utf8.count + 1)..<code.count where code[index] != UInt8(ascii: "-") {
            var wrong = code
            wrong[index] = code[index] == UInt8(ascii: "7") ? UInt8(ascii: "3") : UInt8(ascii: "7")
            let text = String(decoding: wrong, as: UTF8.self)
            #expect((try? RecoverySheet(text: text)) != sheet, "character \(index)")
        }
    }

    @Test func `a sheet of another organisation does not open a relay`() throws {
        let other = try TestRelay(seed: 8).relay.recoverySheet
        relay.stop()
        #expect(throws: RelayFailure.self) { try relay.store.open(recovering: other, environment: .system()) }
        try relay.start()
    }
}
