import CanvassCRDT
import CanvassCoding
import CanvassWire

/// The changes of a segment after everything that can be found out without the log: hashes, authors, bodies.
struct JudgedChanges {
    enum Body {
        case readable(ChangeBody)
        /// None that the protocol knows; the change is void.
        case unreadable
        /// Dropped, because a mark says that the change is void.
        case dropped
    }

    struct Judged {
        let change: Change
        let head: ChangeHead
        let body: Body
    }

    let changes: [Judged]
    let authors: Set<EntityID>

    /// - Throws: `Refused` with `invalid`.
    init(_ segment: Segment) throws(Refused) {
        let decoded: [Change]
        do {
            decoded = try segment.changes()
        } catch {
            throw Refused(.invalid, error.reason)
        }
        var changes: [Judged] = []
        changes.reserveCapacity(decoded.count)
        var authors: Set<EntityID> = []
        for change in decoded {
            let judged = try JudgedChanges.decode(change)
            if judged.head.author != changes.last?.head.author { authors.insert(judged.head.author) }
            changes.append(judged)
        }
        self.changes = changes
        self.authors = authors
    }

    private static func decode(_ change: Change) throws(Refused) -> Judged {
        let head: ChangeHead
        do {
            head = try ChangeHead(decoding: change.head)
        } catch {
            throw Refused(.invalid, "change \(change.dot): \(error)")
        }
        guard let bytes = change.body else { return Judged(change: change, head: head, body: .dropped) }
        let body = (try? ChangeBody(decoding: bytes)).map(Body.readable) ?? .unreadable
        return Judged(change: change, head: head, body: body)
    }
}
