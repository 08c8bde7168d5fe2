import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassStore
import CanvassSurvey
import CanvassTrials
import Foundation

/// Responses of 12 answers that every engine gets.
struct PeerWorkload {
    private let answers: [Answers]

    init(count: Int) {
        var survey = VisitSurvey()
        answers = (0..<count).map { _ in survey.answers() }
    }

    var json: String { JSON.encode(.list(answers.map { .map($0.members) })) }

    /// The same in Canvass: in one batch, durable, and as one page into a fresh replica.
    func measure(rounds: Int, _ session: BenchmarkSession) throws -> Peer {
        let count = Double(answers.count)
        var canvass = Peer(name: "Canvass", version: "")
        for _ in 0..<rounds {
            try session.checkInterrupt()
            let folder = try session.scratch.makeFolder()
            let store = try ReplicaStore.fresh(at: folder.appending(path: "recorded.canvass"))
            let edits = edits
            let start = ContinuousClock.now
            try store.commit(edits, clockMilliseconds: 0)
            canvass.record.add(start.secondsUntilNow / count)
            let segments = try store.everythingToPush()
            canvass.bytes.add(Double(segments.reduce(0) { $0 + $1.count }) / count)
            let fresh = try ReplicaStore.fresh(at: folder.appending(path: "applied.canvass"))
            let applyStart = ContinuousClock.now
            let changes = try fresh.take(segments)
            canvass.apply.add(applyStart.secondsUntilNow / count)
            guard changes == answers.count else { throw WrongResult("\(changes) changes were applied") }
            try session.scratch.discard(folder)
        }
        return canvass
    }

    private var edits: [Edit] {
        var random = SystemRandomNumberGenerator()
        let scope = ScopeID(.responses, EntityID(milliseconds: 1, random: (0, 0)))
        return answers.enumerated().map { number, answers in
            let id = EntityID(milliseconds: Int64(number) * 60_000, using: &random)
            let operations = answers.members.map { Operation(.put($0.value), field: $0.key) }
            return Edit(
                scope: scope,
                edits: [EntityEdit(kind: EntityKind.response.rawValue, entity: id, operations: operations)])
        }
    }
}
