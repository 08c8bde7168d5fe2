import CanvassCRDT
import CanvassCoding
import CanvassWire

/// The changes of a segment after everything that can be judged without the log: hashes, author, kinds.
struct JudgedChanges {
    struct Judged {
        let change: Change
        let head: ChangeHead
        let body: ChangeBody
    }

    let changes: [Judged]

    /// - Throws: `Refused`.
    init(_ segment: Segment, author: EntityID) throws(Refused) {
        let decoded: [Change]
        do {
            decoded = try segment.changes()
        } catch {
            throw Refused(.invalid, error.reason)
        }
        var changes: [Judged] = []
        changes.reserveCapacity(decoded.count)
        for change in decoded {
            let judged = try JudgedChanges.decode(change)
            #if PLANTED_BUGS
                if planted(.authorNotChecked) { changes.append(judged); continue }
            #endif
            guard judged.head.author == author else {
                throw Refused(
                    .forbidden,
                    "change \(change.dot) was made by device \(judged.head.author) and pushed by \(author); a device "
                        + "may push its own changes only: sync the one that made it")
            }
            #if PLANTED_BUGS
                if planted(.kindNotChecked) { changes.append(judged); continue }
            #endif
            for edit in judged.body.edits {
                if let kind = EntityKind(rawValue: edit.kind), !kind.scopes.contains(segment.scope.kind) {
                    throw Refused(
                        .misplaced, "change \(change.dot): a \(edit.kind) does not belong in \(segment.scope)")
                }
            }
            changes.append(judged)
        }
        self.changes = changes
    }

    private static func decode(_ change: Change) throws(Refused) -> Judged {
        guard let body = change.body else {
            throw Refused(.invalid, "change \(change.dot) came without its body")
        }
        do {
            return Judged(
                change: change, head: try ChangeHead(decoding: change.head), body: try ChangeBody(decoding: body))
        } catch {
            throw Refused(.invalid, "change \(change.dot): \(error)")
        }
    }
}
