import Canvass
import CanvassCRDT
import CanvassCoding

extension ReplicaFork {
    /// What a person should know of it.
    var remark: String {
        let first = TimeText.local(firstOwnMilliseconds)
        let time = lastSharedMilliseconds.map { "between \(TimeText.local($0)) and \(first)" } ?? "before \(first)"
        return
            "the database of the replica \(replica) was copied, or put back from a copy, as it was \(time), and both "
            + "went on; the changes of both are kept. If both are still in use, work with one only, and join anew with "
            + "the other."
    }

    var value: Value {
        [
            "replica": .text(replica.description), "lastSharedMilliseconds": Value(lastSharedMilliseconds),
            "firstOwnMilliseconds": .integer(firstOwnMilliseconds),
        ]
    }
}
