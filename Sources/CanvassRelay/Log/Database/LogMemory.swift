import CanvassCRDT
import CanvassSQLite

/// What was read in a transaction and need not be asked for again: nobody else changes it meanwhile, since one writes at a time
/// and a reader has one state.
///
/// Invariants:
/// 1. It is of one transaction: it goes from request to request of a turn, and no further.
/// 2. What changes a row that may be remembered says so here: `append`, `save(_: Member)` and the setters of `meta`.
/// 3. What was undone is not remembered: whoever undoes a savepoint forgets everything.
/// 4. A scope that is not there is not remembered, so that nothing has to be said when one is made.
struct LogMemory: Sendable {
    var head: Bookmark?
    /// The value of a name in `meta`; nil where there is none.
    var values: [String: SQLiteValue?] = [:]
    private var scopes: [Int64: HeldScope] = [:]
    private var scopeNumbers: [ScopeID: Int64] = [:]

    func scope(number: Int64) -> HeldScope? { scopes[number] }
    func scope(_ id: ScopeID) -> HeldScope? { scopeNumbers[id].flatMap { scopes[$0] } }

    mutating func remember(_ scope: HeldScope) {
        scopes[scope.number] = scope
        scopeNumbers[scope.id] = scope.number
    }

    /// The log has grown by a segment of a scope.
    mutating func extend(to bookmark: Bookmark, in scope: HeldScope) {
        head = bookmark
        if let known = scopes[scope.number] {
            scopes[scope.number] = HeldScope(number: known.number, owner: known.owner, latest: bookmark.position)
        }
    }

    mutating func forgetScopes() {
        scopes = [:]
        scopeNumbers = [:]
    }
}
