import CanvassCRDT
import CanvassSync
import CanvassWire
import Testing

@Suite struct SyncSessionTests {
    private static let first = scope(1)
    private static let second = scope(2)

    private static func scope(_ number: UInt64) -> ScopeID {
        ScopeID(.responses, EntityID(milliseconds: 1, random: (0, number << 2)))
    }

    private static var roster: Roster {
        Roster(
            position: 1, organisation: EntityID(milliseconds: 1, random: (0, 0)), own: [], scopes: [], people: [],
            teams: [])
    }

    private static func refusal(_ scope: ScopeID, _ reason: String, sequence: UInt64 = 1) -> SyncAnswer.Refusal {
        .init(
            scope: scope, replica: ReplicaID(rawValue: 1), firstSequence: sequence, item: 0, reason: reason, detail: "")
    }

    /// One round: what the replica prepared, what the relay answered, and what the commit brought.
    struct Round {
        /// How often the connection breaks before the answer comes.
        var losses = 0
        var answer = SyncAnswer(time: 0)
        var hasMoreToPush = false
        var progress = SyncProgress()
    }

    /// Drives a session through rounds and writes down each action, "prepare" with the number of scopes withheld.
    private func run(_ rounds: [Round], session: inout SyncSession) -> [String] {
        var log: [String] = []
        var actions = session.handle(.start)
        var rounds = rounds[...]
        while let action = actions.first {
            #expect(actions.count == 1)
            switch action {
            case .prepare(let withheld, let quarterings):
                log.append("prepare \(withheld.count)" + (quarterings > 0 ? " quartered \(quarterings)" : ""))
                guard let round = rounds.first else { return log }
                actions = session.handle(.prepared(SyncSessionTests.request, hasMoreToPush: round.hasMoreToPush))
            case .send:
                guard let round = rounds.first else { return log }
                if round.losses > 0 {
                    rounds[rounds.startIndex].losses -= 1
                    actions = session.handle(.failed(.interrupted("cable")))
                    continue
                }
                actions = session.handle(.answered(round.answer))
                if round.answer.isReset { rounds = rounds.dropFirst() }
            case .pause(let losses):
                log.append("pause \(losses)")
                actions = session.handle(.paused)
            case .forget:
                log.append("forget")
                actions = session.handle(.forgotten)
            case .commit:
                log.append("commit")
                guard let round = rounds.popFirst() else { return log }
                actions = session.handle(.committed(round.progress))
            case .finish(let summary):
                log.append("finish \(summary.rounds)")
                return log
            case .fail(let failure, let summary):
                log.append("fail \(failure) \(summary.rounds)")
                return log
            }
        }
        return log
    }

    private static let request = SyncRequest(
        bookmark: nil, vectors: [], reports: [], push: [], roster: 0, clock: 0, pageBytes: 1)

    private static let more = SyncAnswer(more: true, time: 0)
    private static let some = SyncProgress(received: 1)

    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let rounds: [Round]
        let actions: [String]
    }

    static let cases: [Case] = [
        Case(
            testDescription: "nothing to do takes one round", rounds: [Round()],
            actions: ["prepare 0", "commit", "finish 1"]),
        Case(
            testDescription: "pages go on while the relay has more",
            rounds: [
                Round(answer: SyncAnswer(more: true, time: 0), progress: SyncProgress(received: 5)),
                Round(answer: SyncAnswer(more: true, time: 0), progress: SyncProgress(received: 1)), Round(),
            ], actions: ["prepare 0", "commit", "prepare 0", "commit", "prepare 0", "commit", "finish 3"]),
        Case(
            testDescription: "pushes go on while the replica has more",
            rounds: [Round(hasMoreToPush: true, progress: SyncProgress(pushed: 5)), Round()],
            actions: ["prepare 0", "commit", "prepare 0", "commit", "finish 2"]),
        Case(
            testDescription: "scopes granted later are asked for",
            rounds: [
                Round(progress: SyncProgress(received: 1, hasUncoveredScopes: true)),
                Round(progress: SyncProgress(covered: 1)),
            ], actions: ["prepare 0", "commit", "prepare 0", "commit", "finish 2"]),
        Case(
            testDescription: "a scope that stays uncovered is a standstill",
            rounds: [
                Round(progress: SyncProgress(received: 1, hasUncoveredScopes: true)),
                Round(progress: SyncProgress(hasUncoveredScopes: true)),
            ], actions: ["prepare 0", "commit", "prepare 0", "commit", "fail stalled 2"]),
        Case(
            testDescription: "more without anything new is a standstill",
            rounds: [Round(answer: SyncAnswer(more: true, time: 0))],
            actions: ["prepare 0", "commit", "fail stalled 1"]
        ),
        Case(
            testDescription: "more to push without anything accepted is a standstill",
            rounds: [Round(hasMoreToPush: true)], actions: ["prepare 0", "commit", "fail stalled 1"]),
        Case(
            testDescription: "a reset forgets and starts again",
            rounds: [Round(answer: SyncAnswer(isReset: true, time: 0)), Round(progress: SyncProgress(received: 2))],
            actions: ["prepare 0", "forget", "prepare 0", "commit", "finish 1"]),
        Case(
            testDescription: "a second reset ends it",
            rounds: [
                Round(answer: SyncAnswer(isReset: true, time: 0)), Round(answer: SyncAnswer(isReset: true, time: 0)),
            ],
            actions: [
                "prepare 0", "forget", "prepare 0",
                "fail invalidAnswer(\"the relay forgets its own bookmarks\") 0",
            ]),
        Case(
            testDescription: "a gap is retried once, without progress, and then withheld",
            rounds: [
                Round(answer: SyncAnswer(refused: [refusal(first, "gap")], time: 0)),
                Round(answer: SyncAnswer(refused: [refusal(first, "gap")], time: 0)),
            ], actions: ["prepare 0", "commit", "prepare 0", "commit", "finish 2"]),
        Case(
            testDescription: "a gap met by several segments of one answer is one gap",
            rounds: [
                Round(
                    answer: SyncAnswer(refused: [refusal(first, "gap"), refusal(first, "gap", sequence: 9)], time: 0)),
                Round(progress: SyncProgress(pushed: 9)),
            ], actions: ["prepare 0", "commit", "prepare 0", "commit", "finish 2"]),
        Case(
            testDescription: "a refused scope is withheld from then on",
            rounds: [
                Round(
                    answer: SyncAnswer(refused: [refusal(first, "forbidden")], more: true, time: 0),
                    progress: SyncProgress(received: 1)), Round(),
            ], actions: ["prepare 0", "commit", "prepare 1", "commit", "finish 2"]),
        Case(
            testDescription: "a refused scope does not keep the others from being pushed",
            rounds: [
                Round(answer: SyncAnswer(refused: [refusal(first, "invalid")], time: 0), hasMoreToPush: true),
                Round(answer: SyncAnswer(refused: [refusal(second, "forbidden")], time: 0), hasMoreToPush: true),
                Round(progress: SyncProgress(pushed: 1)),
            ], actions: ["prepare 0", "commit", "prepare 1", "commit", "prepare 2", "commit", "finish 3"]),
        Case(
            testDescription: "a scope that is refused again and again ends in a standstill",
            rounds: [
                Round(answer: SyncAnswer(refused: [refusal(first, "later-reason")], time: 0), hasMoreToPush: true),
                Round(answer: SyncAnswer(refused: [refusal(first, "later-reason")], time: 0), hasMoreToPush: true),
            ], actions: ["prepare 0", "commit", "prepare 1", "commit", "fail stalled 2"]),
        Case(
            testDescription: "a scope that may not be written is tried once more when a roster comes",
            rounds: [
                Round(
                    answer: SyncAnswer(refused: [refusal(first, "forbidden"), refusal(second, "invalid")], time: 0),
                    hasMoreToPush: true),
                Round(
                    answer: SyncAnswer(roster: roster, time: 0), progress: SyncProgress(hasAdvanced: true)),
                Round(
                    answer: SyncAnswer(refused: [refusal(first, "forbidden")], time: 0),
                    progress: SyncProgress(received: 1)),
            ], actions: ["prepare 0", "commit", "prepare 2", "commit", "prepare 1", "commit", "finish 3"]),
        Case(
            testDescription: "gaps of two scopes are two gaps",
            rounds: [
                Round(answer: SyncAnswer(refused: [refusal(first, "gap")], time: 0)),
                Round(answer: SyncAnswer(refused: [refusal(second, "gap")], time: 0)), Round(),
            ], actions: ["prepare 0", "commit", "prepare 0", "commit", "prepare 0", "commit", "finish 3"]),
        Case(
            testDescription: "a broken round is repeated with less",
            rounds: [Round(losses: 2)],
            actions: ["prepare 0", "pause 1", "prepare 0 quartered 1", "pause 2", "prepare 0 quartered 2"]
                + ["commit", "finish 1"]),
        Case(
            testDescription: "rounds grow again after four that came through",
            rounds: [Round(losses: 1, answer: more, progress: some)]
                + Array(repeating: Round(answer: more, progress: some), count: 3) + [Round()],
            actions: ["prepare 0", "pause 1"]
                + Array(repeating: ["prepare 0 quartered 1", "commit"], count: 4).joined()
                + ["prepare 0", "commit", "finish 5"]),
        Case(
            testDescription: "a round that came through makes the losses start anew",
            rounds: [Round(losses: 5, answer: more, progress: some), Round(losses: 1)],
            actions: ["prepare 0"] + (1...5).flatMap { ["pause \($0)", "prepare 0 quartered \(min($0, 4))"] }
                + ["commit", "prepare 0 quartered 4", "pause 1", "prepare 0 quartered 4", "commit", "finish 2"]),
        Case(
            testDescription: "six losses in a row may be, the seventh ends it",
            rounds: [Round(losses: 7)],
            actions: ["prepare 0"] + (1...6).flatMap { ["pause \($0)", "prepare 0 quartered \(min($0, 4))"] }
                + ["fail interrupted(\"cable\") 0"]),
    ]

    @Test(arguments: cases) func `each sequence of events leads to its actions`(example: Case) {
        var session = SyncSession()
        #expect(run(example.rounds, session: &session) == example.actions)
    }

    @Test func `the summary adds up the rounds and keeps what was refused in the end`() throws {
        var session = SyncSession()
        _ = session.handle(.start)
        _ = session.handle(.prepared(SyncSessionTests.request, hasMoreToPush: false))
        let refused = [
            SyncSessionTests.refusal(SyncSessionTests.first, "gap"),
            SyncSessionTests.refusal(SyncSessionTests.second, "forbidden"),
        ]
        _ = session.handle(.answered(SyncAnswer(refused: refused, time: 0)))
        _ = session.handle(
            .committed(
                SyncProgress(received: 3, pushed: 4, divergent: [SyncSessionTests.first], clockOffset: 8)))
        _ = session.handle(.prepared(SyncSessionTests.request, hasMoreToPush: false))
        _ = session.handle(.answered(SyncAnswer(time: 0)))
        let actions = session.handle(.committed(SyncProgress(received: 1, pushed: 2, clockOffset: 9)))
        guard case .finish(let summary) = try #require(actions.first) else {
            Issue.record("\(actions)")
            return
        }
        #expect(summary.rounds == 2)
        #expect(summary.received == 4)
        #expect(summary.pushed == 6)
        #expect(summary.refused == [refused[1]])
        #expect(summary.divergent == [SyncSessionTests.first])
        #expect(summary.clockOffset == 9)
    }

    @Test(arguments: 0...3) func `a failure ends the session wherever it comes`(steps: Int) throws {
        var session = SyncSession()
        let events: [SyncSession.Event] = [
            .start, .prepared(SyncSessionTests.request, hasMoreToPush: false), .answered(SyncAnswer(time: 0)),
        ]
        for event in events.prefix(steps) { _ = session.handle(event) }
        let actions = session.handle(.failed(.unreachable("cable")))
        guard case .fail(let failure, let summary) = try #require(actions.first) else {
            Issue.record("\(actions)")
            return
        }
        #expect(failure == .unreachable("cable"))
        #expect(summary.rounds == 0)
    }

    @Test func `a commit says which request it answers`() throws {
        var session = SyncSession()
        _ = session.handle(.start)
        var request = SyncSessionTests.request
        request.bookmark = [7]
        _ = session.handle(.prepared(request, hasMoreToPush: false))
        guard case .commit(let answer, let pushed) = session.handle(.answered(SyncAnswer(bookmark: [8], time: 0))).first
        else {
            Issue.record("no commit")
            return
        }
        #expect(answer.bookmark == [8])
        #expect(pushed.bookmark == [7])
    }

    @Test func `an event that answers nothing is a programmer's mistake`() async {
        await #expect(processExitsWith: .failure) {
            var session = SyncSession()
            _ = session.handle(.forgotten)
        }
        await #expect(processExitsWith: .failure) {
            var session = SyncSession()
            _ = session.handle(.start)
            _ = session.handle(.start)
        }
    }
}
