import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassCommandLine

/// `canvass join`
enum JoinCommand {
    private static let link = Positional("LINK", .text, "The invite: https://HOST/join#SECRET, in quotes.")
    private static let name = Option("name", .text, placeholder: "NAME", "Your name, unless the invite has one.")
    private static let language = Option(
        "language", .text, placeholder: "CODE", "The language you work in, for example es.")
    private static let sync = Option(
        flag: "sync", default: true, negatable: true, "Fetch surveys and responses at once; this is the default.")

    static let command = Command(
        "join", "Take part in an organisation, with the link of an invite.",
        discussion: """
            Makes the replica if there is none, introduces this device to the relay, and syncs for the first time.

            Whoever has the link can use it until it expires. A join whose answer was lost can be repeated; a replica \
            made for a join that was refused is removed again.
            """,
        examples: [
            Example(
                "canvass join 'https://relay.example.org/join#SECRET' --name Ana",
                "Join; the quotes keep the shell from reading # as a comment.")
        ],
        options: [name, language, sync], positionals: [link], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        try Replica.checkInvite(arguments[link])
        let (replica, isNew) = try ReplicaLocation.openOrCreate(ReplicaLocation.path(arguments))
        let enrolment: Enrolment
        do throws(CanvassError) {
            enrolment = try await replica.join(
                arguments[link], name: arguments[name], language: arguments[language])
        } catch {
            if isNew, error.leavesDeviceUnknown { ReplicaLocation.remove(replica) }
            throw error
        }
        if isNew { output.note("Made the replica \(replica.id) in \(replica.path)") }
        output.print("Joined \(enrolment.relay) as \(enrolment.name, .bold).")
        var members: [Value.Member] = [
            .init("path", .text(replica.path)), .init("replica", .text(replica.id.description)),
            .init("relay", .text(enrolment.relay)), .init("organisation", .text(enrolment.organisation.description)),
            .init("member", .text(enrolment.member.description)), .init("name", .text(enrolment.name)),
        ]
        var code = ExitCode.done
        if arguments[sync] {
            output.note("Syncing for the first time …")
            let outcome = try await SyncCommand.sync(replica, output)
            let forks = try replica.status().forks
            SyncCommand.print(outcome, forks: forks, on: output)
            members.append(.init("sync", outcome.value(forks: forks)))
            code = outcome.exitCode
        } else {
            output.print("Next: fetch surveys and responses with `canvass sync`.")
        }
        if output.isJSON { output.emit(.map(members)) }
        return code
    }
}

extension CanvassError {
    /// Whether a join that failed so has not enrolled the device: it was refused, or never reached a relay. Otherwise the
    /// replica holds the key with which the join can be repeated.
    fileprivate var leavesDeviceUnknown: Bool {
        switch code {
        case .relayRefused, .relayUnreachable, .notPermitted, .invalidInput: true
        default: false
        }
    }
}
