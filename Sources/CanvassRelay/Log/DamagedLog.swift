import CanvassCoding

/// What the relay's own database says is not what it wrote there.
struct DamagedLog: Error, CustomStringConvertible {
    let what: String

    var description: String { "relay.sqlite is damaged: \(what); restore it from a backup" }
}

/// Runs `body`, whose input was checked when it was stored: a failure is damage, not a client's mistake.
func stored<Result>(_ what: String, _ body: () throws -> Result) throws(DamagedLog) -> Result {
    do {
        return try body()
    } catch {
        throw DamagedLog(what: "\(what): \(error)")
    }
}
