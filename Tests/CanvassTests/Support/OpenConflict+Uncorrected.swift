import Canvass

extension OpenConflict {
    /// The conflict as every replica has it: each knows by how much its own clock was wrong, and no other's.
    var uncorrected: OpenConflict {
        var conflict = self
        for index in conflict.candidates.indices { conflict.candidates[index].correctedMilliseconds = nil }
        return conflict
    }
}
