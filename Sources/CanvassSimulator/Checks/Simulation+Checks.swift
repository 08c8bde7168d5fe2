import CanvassCRDT
import CanvassRelay
import CanvassSQLite
import CanvassStore
import CanvassSync
import CanvassWire

/// What must hold at every moment.
extension Simulation {
    /// A change lies after the one before it on its chain, and after all of its context.
    func checkOrder(of change: Change, after held: Holdings, _ node: Node) throws {
        guard let scope = ledger[change.scope], let number = scope.number(of: change.dot) else { return }
        let entry = scope.entries[number]
        let earlier = held[change.scope] ?? []
        for cause in [entry.model.previous].compactMap(\.self) + entry.model.listed.values.joined()
        where !earlier.contains(cause) {
            throw SimulationFailure(
                .order, "node \(node.number) applied \(change.dot) of \(change.scope) before \(cause)")
        }
    }

    /// Everything up to the bookmark is there, in all scopes that the node takes for covered.
    func checkBookmark(_ node: Node, _ store: ReplicaStore) throws {
        let (bookmark, covered) = try store.database.read { connection in
            var statement = try connection.cached("SELECT scope FROM scope WHERE is_covered AND is_granted")
            var covered: Set<ScopeID> = []
            while try statement.step() { covered.insert(try ScopeID(bytes: statement.bytes(at: 0))) }
            return (try connection.metaBytes(.bookmark), covered)
        }
        guard let bookmark, bookmark.count == 24 else { return }
        let position = Int64(bitPattern: bigEndianInteger(bookmark[..<8]))
        // Of a history that the relay has lost, a bookmark says nothing.
        guard
            position == 0
                || relay.entries.contains(where: {
                    $0.position == position && $0.rollingHash.elementsEqual(bookmark[8...])
                })
        else { return }
        for entry in relay.entries where entry.position <= position && covered.contains(entry.scope) {
            for dot in entry.dots where node.held[entry.scope]?.contains(dot) != true {
                throw SimulationFailure(
                    .bookmark, "node \(node.number) is at \(position) and lacks \(dot) of \(entry.scope)")
            }
        }
    }

    /// An answer shows a device only what it may read.
    func checkPermission(_ answer: SyncAnswer, _ node: Node, _ before: Organisation) throws {
        // Of a campaign that is not there an admin who would make it is told that it is empty.
        let exist = Set(people.scopes)
        let told = answer.scopes.filter { exist.contains($0.scope) || !$0.vector.dots.isEmpty }
        var shown = answer.covered + told.map(\.scope) + (answer.roster?.scopes ?? []).map(\.scope)
        for bytes in answer.segments {
            let segment = try Segment(decoding: bytes)
            shown.append(segment.scope)
            for change in try segment.changes() where ledger[change.scope]?.number(of: change.dot) == nil {
                throw SimulationFailure(
                    .authorship, "the relay sends \(change.dot) of \(change.scope), which nobody made")
            }
        }
        for scope in shown where !organisation.mayRead(scope, node.device) && !before.mayRead(scope, node.device) {
            throw SimulationFailure(.permission, "node \(node.number) is shown \(scope)")
        }
    }

    /// What the relay gets of a device after it was revoked is void.
    ///
    /// - Precondition: the organisation is as it was when the relay took the change.
    func checkRevoked(_ change: Change) throws {
        // What a relay lost it takes again by its own seal, whoever was revoked meanwhile.
        guard !hasRelayGoneBack, let scope = ledger[change.scope],
            let author = scope.entry(of: change.dot)?.model.author,
            organisation.devices[author] != nil, !organisation.isEnrolled(author)
        else { return }
        let held = (relay.held[change.scope] ?? []).compactMap(scope.entry(of:))
        guard NaiveState.void(among: held, organisation.id).contains(change.dot) else {
            throw SimulationFailure(
                .permission, "the relay takes \(change.dot) of \(change.scope) from a device that was revoked")
        }
    }

    /// A relay that is shown that it lacks some of its roster answers only admins.
    func checkRoster(_ arrival: Arrival, _ before: Organisation) throws {
        guard !isHealing, let seal = arrival.request.rosterSeal.flatMap(RosterSeal.init(unchecked:)) else { return }
        let roster = ScopeID(.roster, organisation.id)
        let isHeld = relay.held[roster]?.contains(seal.tip) == true
        let isAdmin = [organisation, before].contains { who in
            who.memberships(of: arrival.node.device).contains { $0.roles.contains(.admin) }
        }
        guard isHeld || isAdmin else {
            throw SimulationFailure(
                .permission, "node \(arrival.node.number) is answered by a relay that lacks some of its roster")
        }
    }

    /// A sync that ended well has nothing to complain about.
    func check(_ summary: SyncSummary, _ node: Node) throws {
        for refusal in summary.refused {
            let isExplained =
                refusal.reason == RefusalReason.forbidden.rawValue
                && !organisation.mayWrite(refusal.scope, node.device)
            // After the relay went back, what a change was made on may have to come from somebody else first.
            let isOutOfOrder = [RefusalReason.gap.rawValue, RefusalReason.unmarked.rawValue].contains(refusal.reason)
            let waits = isOutOfOrder && hasRelayGoneBack
            guard isExplained || waits else {
                throw SimulationFailure(
                    .progress, "node \(node.number) is refused \(refusal.scope): \(refusal.reason), \(refusal.detail)")
            }
        }
    }

    /// A sync, or an answer, that failed has a reason.
    ///
    /// - Parameter isLate: whether the relay may have gone back, or on, since it said so.
    func check(_ failure: SyncFailure, _ node: Node, isLate: Bool) throws {
        switch failure {
        case .unreachable, .interrupted: return
        // It was restored twice while one sync went on.
        case .invalidAnswer where hasRelayGoneBack && !isHealing: return
        case .refused(let problem) where problem.kind == .deviceRevoked:
            if !organisation.isEnrolled(node.device) || isLate && hasRelayGoneBack { return }
        case .refused(let problem) where problem.kind == .unknownToken:
            if organisation.devices[node.device] == nil || isLate && hasRelayGoneBack { return }
        case .refused(let problem) where problem.kind == .recovering:
            if try relay.relay?.isRecovering() == true || isLate && hasRelayGoneBack { return }
        case .refused(let problem) where problem.kind == .storageFull || problem.kind == .internalError:
            if relay.hasFailed, !isHealing { return }
        default: break
        }
        throw SimulationFailure(.errors, "node \(node.number) fails to sync: \(failure)")
    }

    /// The relay's log has nothing to report that nothing explains.
    func checkRelayLog() throws {
        for line in relay.surroundings.takeLines() {
            if line.contains("digests differ") { throw SimulationFailure(.merge, "the relay reports: \(line)") }
            if relay.fault == nil { throw SimulationFailure(.errors, "the relay reports: \(line)") }
        }
    }
}
