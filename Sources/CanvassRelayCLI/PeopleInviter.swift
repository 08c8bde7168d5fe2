import CanvassCoding
import CanvassCommandLine
import CanvassRelay

/// Makes links for the people of a file, and the page with their cards.
struct PeopleInviter {
    private let arguments: ParsedArguments
    private let output: Output

    private static let mostBytes = 8 << 20
    /// More than a person corrects at once.
    private static let mostProblems = 20

    init(_ arguments: ParsedArguments, _ output: Output) {
        self.arguments = arguments
        self.output = output
    }

    /// The page lies complete beside its place before the links are stored, and takes its place once they are: a page whose
    /// links do not work, or links that nobody has, are left by nothing but the end of the process in between.
    func invite(from file: String, common: InviteOrder, to sheet: String?, isRepeating: Bool) throws -> ExitCode {
        let relay = try RelayPlace(arguments).open()
        let people = try read(file, common)
        var draft: OutputDraft?
        let invitation: PeopleInvitation
        do {
            invitation = try relay.invite(people, common: common, isRepeating: isRepeating) { invitation in
                guard let sheet, !invitation.issued.isEmpty else { return }
                draft = try OutputDraft(sheet, Array(InviteSheet(invitation.issued).html.utf8), isSecret: true)
            }
        } catch {
            draft?.discard()
            throw explain(error, file)
        }
        try draft?.publish()
        if !invitation.issued.isEmpty {
            try RelayProgram.audit(
                "invited",
                [
                    "people": .integer(Int64(invitation.issued.count)), "uses": .integer(1),
                    "expires": invitation.issued.first.map { .integer($0.invite.expires) } ?? .null,
                ], by: relay)
        }
        say(invitation, sheet)
        return .done
    }

    private func read(_ file: String, _ common: InviteOrder) throws -> [InvitedPerson] {
        let bytes = try InputFile.read(file, mostBytes: PeopleInviter.mostBytes)
        do {
            return try PeopleFile(bytes, common: common).people
        } catch {
            throw explain(error, file)
        }
    }

    private func explain(_ error: any Error, _ file: String) -> any Error {
        switch error {
        case let error as PeopleProblems:
            for problem in error.problems.prefix(PeopleInviter.mostProblems) { output.warn("\(file), \(problem)") }
            let count = error.problems.count == 1 ? "1 mistake" : "\(error.problems.count) mistakes"
            return UserError(
                code: "invite.people", "\(file) cannot be used: \(count)",
                remedy: "Correct them and run the command again; nobody was invited.", exitCode: .findings)
        case let error as CodingError:
            return UserError(
                code: "invite.people", "\(file) is no list of people", why: error.reason,
                remedy: "Save it as CSV with the columns name, role, team, campaign and language.", exitCode: .findings)
        default: return error
        }
    }

    private func say(_ invitation: PeopleInvitation, _ sheet: String?) {
        let passedOver = invitation.passedOver
        guard !output.isJSON else {
            output.emit([
                "invites": .list(invitation.issued.map(value)),
                "passedOver": .list(passedOver.map { .text($0.name) }),
                "sheet": invitation.issued.isEmpty ? .null : sheet.map { .text($0) } ?? .null,
            ])
            return
        }
        let count = invitation.issued.count == 1 ? "1 link" : "\(invitation.issued.count) links"
        if let sheet, !invitation.issued.isEmpty {
            output.print("wrote \(sheet) with \(count); keep it like a key")
        } else {
            for issued in invitation.issued { output.print("\(issued.person.name): \(issued.invite.link)") }
        }
        guard !passedOver.isEmpty else { return }
        let names = passedOver.prefix(5).map(\.name) + (passedOver.count > 5 ? ["…"] : [])
        output.note(
            "\(passedOver.count) have joined or have a link that works (\(names.joined(separator: ", "))); --again makes new ones"
        )
    }

    private func value(of issued: PersonalInvite) -> Value {
        [
            "name": .text(issued.person.name), "line": .integer(Int64(issued.person.line)),
            "link": .text(issued.invite.link), "roles": .list(issued.invite.roles.map { .text($0) }),
            "campaign": issued.campaign.map { .text($0) } ?? .null,
            "team": issued.person.team.map { .text($0) } ?? .null, "expires": .integer(issued.invite.expires),
        ]
    }
}
