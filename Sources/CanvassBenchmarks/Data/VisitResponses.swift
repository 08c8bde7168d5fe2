import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import CanvassSurvey
import CanvassTrials

/// Made-up responses in bulk: the changes that `Replica.record` makes, without the interview and without a commit for each.
struct VisitResponses {
    private let store: ReplicaStore
    private let scope: ScopeID
    /// What is no answer: the survey and its version, and when it was finished.
    private let common: [Value.Member]
    private var survey = VisitSurvey()
    private var generator = SystemRandomNumberGenerator()
    private var clockMilliseconds = Self.start

    /// So early that a million of them have been taken by now.
    private static let start: Int64 = 1_600_000_000_000
    private static let intervalMilliseconds: Int64 = 60_000

    /// Records one response, and takes from it what all have in common.
    init(to survey: Survey, in replica: Replica) throws {
        guard case .recorded(let response) = try replica.record(self.survey.answers(), to: survey),
            let entity = try replica.store.database.read({ try $0.entity(response.id, kind: .response) })
        else { throw WrongResult("made-up answers were refused") }
        store = replica.store
        scope = entity.scope
        common = entity.fields.filter { $0.key.hasPrefix("@") }
    }

    /// The changes of the next responses, a minute apart.
    mutating func next(_ count: Int) -> [Edit] {
        (0..<count).map { _ in
            clockMilliseconds += Self.intervalMilliseconds
            let id = EntityID(milliseconds: clockMilliseconds, using: &generator)
            let operations = common.map { member in
                // The only integer of them is the time.
                let value = member.value.integerValue.map { _ in Value.integer(clockMilliseconds) } ?? member.value
                return Operation(.put(value), field: member.key)
            }
            let answers = survey.answers().members.map { Operation(.put($0.value), field: $0.key) }
            return Edit(
                scope: scope,
                edits: [
                    EntityEdit(kind: EntityKind.response.rawValue, entity: id, operations: operations + answers)
                ])
        }
    }

    /// Writes the next responses into the replica, with a durable commit each `FieldReplica.batchSize` of them.
    mutating func write(_ count: Int) throws {
        for first in stride(from: 0, to: count, by: FieldReplica.batchSize) {
            let edits = next(min(FieldReplica.batchSize, count - first))
            try store.commit(edits, clockMilliseconds: clockMilliseconds)
        }
    }
}

extension VisitSurvey {
    /// A table of made-up responses, as it would come out of another program.
    static func table(rows: Int) -> [UInt8] {
        var survey = VisitSurvey()
        var writer = CSVWriter(isSafe: false)
        writer.row(form.items.map(\.name))
        for _ in 0..<rows {
            let answers = survey.answers()
            writer.row(form.items.map { answers[$0.name].map(cell) ?? "" })
        }
        return writer.bytes
    }

    private static func cell(_ answer: Value) -> String {
        switch answer {
        case .text(let text): text
        case .list(let codes): codes.compactMap(\.textValue).joined(separator: " ")
        default: JSON.encode(answer)
        }
    }
}
