/// Faults that were put into the engine on purpose, one line each, to see that the simulator finds them.
///
/// Nothing of this is in a normal build: this target and the lines that ask for it are compiled only where
/// `CANVASS_PLANTED_BUGS` is set (see Package.swift), and there one fault at most is active at a time.
package enum PlantedBug: String, CaseIterable, Sendable {
    // The database
    case synchronousNormal = "commits are not brought to the disk before they are acknowledged"
    // Merging
    case tieGoesToTheLater = "of equal stamps the version that came later wins"
    case winnerByDotOnly = "the winner is the greatest dot, whatever its stamp"
    case replacesWhatIsThere = "a put replaces also what its author had not seen"
    case listedDotsIgnored = "a put that lists what it replaces replaces all"
    case deleteClearsFields = "deleting clears the fields too"
    case deleteWins = "deleting takes away also what was edited meanwhile"
    case digestKeepsRemoved = "the digest is not updated when a version goes"
    case unknownForgotten = "operations of later versions are not counted"
    case stampMovesOnApply = "a stamp is advanced when a change is applied"
    case stampIgnoresReplaced = "a put is stamped by the clock alone"
    case fieldsByMeaning = "two spellings of one letter name one field"
    // Marks and erasures
    case markIgnored = "a mark does not make void what it names"
    case voidInDigest = "what a void change did stays in the digest"
    case erasureIgnored = "what was erased is still shown"
    case erasedBodyKept = "the replica keeps the body of what was erased"
    case erasedBodyServed = "the relay keeps the body of what was erased"
    case erasedReturns = "what comes after its erasure is not marked"
    case marksDoNotLead = "a page does not begin with the marks on what has no body"
    // Forks
    case forkOverwritten = "a version vector keeps one branch of a fork only"
    case forkNumbersAlone = "of two branches the smaller sequence number counts as seen"
    case forkRefused = "the relay refuses a second branch"
    // The replica
    case bookmarkBeforeData = "the bookmark is saved before the page"
    case pageInPieces = "a page is not one transaction"
    case caughtUpForgotten = "a scope that is caught up with is always named by its tips alone"
    case sealsForgotten = "the seals of others' changes are not kept"
    case resetKeepsVectors = "after a reset the remembered vectors of the relay stay"
    case resetKeepsBookmark = "after a reset the bookmark stays"
    case everythingCovered = "a scope that is granted later counts as covered"
    case pushRemembered = "what was sent counts as held by the relay"
    // The session
    case stopsEarly = "a sync ends although more is waiting"
    // The relay
    case permissionForgotten = "pages hold scopes that the device may not read"
    case vectorsForAll = "vectors of scopes are told that the device may not read"
    case writingForAll = "anybody may write any scope"
    case authorNotChecked = "a device may push in another's name"
    case kindNotChecked = "any kind of entity is taken in any scope"
    case deviceSealNotChecked = "the seal of a device on its changes is not checked"
    case relaySealNotChecked = "the relay's own seal is not checked"
    case bodyNotMissed = "a change without a body is taken without its mark"
    case revokedMayWrite = "what a revoked device made takes effect"
    case rosterNotReplayed = "a relay that gets its roster back does not go by it"
    case missingRosterIgnored = "a relay that lost some of its roster answers everybody"
    case gapNotChecked = "a change is taken before the change that it follows"
    case contextNotChecked = "a change is taken before what its author had seen"
    case revokedMayRead = "a revoked device goes on reading"
    case answersBeforeCommit = "a request is answered although its commit failed"
    case anyBookmark = "a bookmark of another history is believed"
    case grantsNotTaught = "a page goes on before the device knows of a new grant"
    case bookmarkSkips = "the bookmark moves past what did not fit the page"

    /// The one that is active.
    package nonisolated(unsafe) static var active: PlantedBug?
}

/// Whether a fault is active.
package func planted(_ bug: PlantedBug) -> Bool { PlantedBug.active == bug }
