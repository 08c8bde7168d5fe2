public import CanvassCRDT
public import CanvassCoding
import CanvassStore

/// Everything that happened to a response, change by change.
///
/// Times are those of the authors' clocks. The order is that in which this replica came to know the changes: nothing
/// stands before what its author had been shown, however wrong a clock was.
public struct ResponseHistory: Sendable, Hashable {
    public var response: EntityID
    /// The name of the survey; nil where the survey is not here.
    public var survey: String?
    public var collector: EntityID
    /// The first has number 1. A number never alters on this replica; another replica may number concurrent changes in
    /// another order.
    public var entries: [HistoryEntry]
}

/// What one change did to a response.
public struct HistoryEntry: Sendable, Hashable {
    public enum Event: String, Sendable {
        case created, changed, deleted, restored
    }

    /// What the change did to one field.
    public struct FieldChange: Sendable, Hashable {
        public var field: String
        /// The question's text, where the field is an answer.
        public var question: String?
        /// The values that the author was shown and replaced, the one shown first: none for a first answer, several
        /// where the change settled a conflict.
        public var before: [Value]
        /// Nil where the answer was taken away.
        public var after: Value?
        /// Other values that the author had not replaced and that stood beside it once both were here: a conflict.
        public var beside: [Value]
        /// Whether this is what is shown now.
        public var isShown: Bool
    }

    public var number: Int
    /// Names the change on every replica.
    public var dot: Dot
    /// Where it stands in this replica's log.
    public var position: Int64
    public var event: Event
    /// The name of whoever works on the device, as the roster has it now.
    public var author: String
    public var device: EntityID
    /// Milliseconds since 1970 by the author's clock.
    public var milliseconds: Int64
    /// The same by the relay's clock, for changes of this device: it knows by how much its clock was wrong. Nil before
    /// the first sync, and for other people's changes.
    public var correctedMilliseconds: Int64?
    public var fields: [FieldChange]
    /// Operations that only a newer version of Canvass understands.
    public var unknownOperations: Int
}

/// Who put one field of a response as it is shown.
public struct FieldBlame: Sendable, Hashable {
    public var field: String
    public var question: String?
    public var value: Value
    /// Other values in conflict with it.
    public var beside: [Value]
    /// The change that put it, without its fields.
    public var entry: HistoryEntry
}

/// What came of taking a change back.
public struct Reversion: Sendable, Hashable {
    public enum Reason: Sendable, Hashable {
        /// Another change has taken its place since.
        case changedSince(number: Int, author: String)
        /// The field has this value, or none, already.
        case unchanged
        /// Only a newer version of Canvass knows what the change did.
        case unknownOperation
    }

    public struct Restored: Sendable, Hashable {
        public var field: String
        public var question: String?
        /// Nil where there was none.
        public var value: Value?
    }

    public struct Skipped: Sendable, Hashable {
        /// Nil where it is not known which.
        public var field: String?
        public var question: String?
        public var reason: Reason
    }

    /// The change that was taken back.
    public var entry: HistoryEntry
    /// The change that did so; nil where there was nothing to do.
    public var change: Dot?
    public var restored: [Restored]
    public var skipped: [Skipped]
    /// Whether the response was deleted by the change, and lives again.
    public var isResponseRestored: Bool
}

extension HistoryEntry.Event {
    init(_ event: HistoryStep.Event) {
        self =
            switch event {
            case .created: .created
            case .changed: .changed
            case .deleted: .deleted
            case .restored: .restored
            }
    }
}
