import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassCommandLine
import CanvassSurvey
import Foundation

/// The main job in one go, with nothing pretended: a relay process, a replica file for each person, HTTP between them.
///
/// It tells what happens as it happens, and keeps its files for a look afterwards.
struct Demo {
    let folder: URL
    private let relay: DemoRelay
    private let output: Output
    private var step = 0
    private(set) var people: [Participant] = []
    private var survey: Survey?

    /// One person with a replica of their own.
    struct Participant {
        let name: String
        let replica: Replica
    }

    init(folder: URL, output: Output) throws {
        self.folder = folder
        self.output = output
        relay = try DemoRelay(folder: folder.appending(path: "relay"))
    }

    /// Plays every step; afterwards every replica holds all it may.
    mutating func run() async throws {
        defer { relay.stop() }
        try relay.start()
        say("A relay starts on \(relay.address ?? "") as a process of its own.")
        try await design()
        try await enrol()
        relay.stop()
        say("The relay stops: from here on nobody has a network.")
        try collect()
        try correct()
        try relay.start()
        try await syncAll()
    }

    // MARK: Steps

    private mutating func design() async throws {
        let designer = try await join(
            "Designer", link: relay.adminLink ?? "", what: "becomes admin with the relay's one-time link")
        let campaign = try designer.createCampaign(
            named: "visits", goal: "Hear from every visitor, with or without a network")
        let survey = try designer.importSurvey(DemoSurvey.form, into: campaign)
        let version = try designer.publish(survey)
        self.survey = try designer.survey(named: survey.name)
        try await designer.sync()
        say(
            "The designer publishes version \(version.number) of \"\(survey.title)\" in "
                + "\(DemoSurvey.languages.count) languages: recommendation, satisfaction, effort, intent to come back, "
                + "a reason asked only of detractors, and a free comment.")
    }

    private mutating func enrol() async throws {
        for name in ["Collector A", "Collector B"] {
            let link = try relay.invite([
                "--campaign", "visits", "--role", "collector", "--team", "north", "--name", name,
            ])
            let isLate = name == "Collector B"
            try await join(
                name, link: link, clockOffsetMilliseconds: isLate ? Demo.threeYearsMilliseconds : 0,
                what: isLate ? "joins by invite link; this laptop's clock is 3 years ahead" : "joins by invite link"
            )
        }
        try record(1, by: "Collector A", seed: 1, language: "en")
        try await replica("Collector A").sync()
        let link = try relay.invite([
            "--campaign", "visits", "--role", "supervisor", "--team", "north", "--name", "Supervisor",
        ])
        try await join("Supervisor", link: link, what: "joins the same team and syncs Collector A's first response")
    }

    private mutating func collect() throws {
        try record(119, by: "Collector A", seed: 2)
        try record(80, by: "Collector B", seed: 3)
        say("Offline, Collector A records 119 more responses and Collector B records 80.")
    }

    /// Supervisor and collector change the same answer of the same response, neither knowing of the other.
    private mutating func correct() throws {
        guard let survey else { return }
        let supervisor = try replica("Supervisor")
        guard let response = try supervisor.responses(to: survey).first else { return }
        let before = response.answers["recommend"]?.integerValue ?? 0
        for (name, score) in [("Supervisor", 8), ("Collector A", 6)] as [(String, Int64)] {
            let own = try replica(name).response(named: response.id.description)
            _ = try replica(name).edit(own, setting: [.init("recommend", .integer(score))])
        }
        say("Both correct the first response offline: its \(before) becomes 8 for the supervisor, 6 for the collector.")
    }

    private mutating func syncAll() async throws {
        say("The network is back; everybody syncs.")
        for person in people { try await sync(person) }
        let link = try relay.invite(["--campaign", "visits", "--role", "reviewer", "--name", "Analyst"])
        try await join("Analyst", link: link, what: "joins now and syncs")
        for person in people { try await sync(person, isQuiet: true) }
    }

    // MARK: People

    @discardableResult
    private mutating func join(
        _ name: String, link: String, clockOffsetMilliseconds offset: Int64 = 0, what: String
    ) async throws -> Replica {
        var environment = ReplicaEnvironment.system
        let now = environment.nowMilliseconds
        environment.nowMilliseconds = { now() + offset }
        let file = name.lowercased().replacing(" ", with: "-") + ".canvass"
        let replica = try Replica.create(at: folder.appending(path: file).path, environment: environment)
        try await replica.join(link, name: name)
        try await replica.sync()
        people.append(Participant(name: name, replica: replica))
        say("\(name) \(what).")
        return replica
    }

    func replica(_ name: String) throws -> Replica {
        guard let person = people.first(where: { $0.name == name }) else {
            throw UserError("nobody in the demonstration is named \(name)")
        }
        return person.replica
    }

    private func record(_ count: Int, by name: String, seed: UInt64, language: String? = nil) throws {
        guard let survey else { return }
        let replica = try replica(name)
        var source = DemoAnswers(seed: seed)
        for _ in 0..<count {
            let visitor = source.visitor()
            let recording = try replica.record(visitor.answers, to: survey, language: language ?? visitor.language)
            if case .refused(let findings) = recording {
                throw UserError("an answer of the demonstration breaks its own form", why: "\(findings)")
            }
        }
    }

    private mutating func sync(_ person: Participant, isQuiet: Bool = false) async throws {
        let outcome = try await person.replica.sync()
        guard !isQuiet else { return }
        detail("\(person.name): sent \(outcome.pushed), received \(outcome.received)")
        if let remark = TimeText.clockRemark(offset: outcome.clockOffsetMilliseconds) {
            output.print(wrapped: remark, indent: "        ")
        }
    }

    private static let threeYearsMilliseconds: Int64 = 3 * 365 * 86_400_000

    // MARK: Telling

    private mutating func say(_ text: String) {
        step += 1
        let number = "\(step)".count < 2 ? " \(step)" : "\(step)"
        for (index, line) in wrap(text, width: 74).enumerated() {
            output.print(index == 0 ? "\(number, .bold)  \(line)" : "    \(line)")
        }
        output.standard.flush()
    }

    private func detail(_ text: String) {
        output.print("      \(text)")
        output.standard.flush()
    }
}
