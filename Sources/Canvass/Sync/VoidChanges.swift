import CanvassCRDT
import CanvassStore

/// Changes that have no effect, and why.
public struct VoidChanges: Sendable, Hashable {
    /// The mark's reason, as on the wire.
    public var reason: String
    public var count: Int

    package init(reason: String, count: Int) {
        self.reason = reason
        self.count = count
    }

    /// Why, in words that follow "a change had no effect:" or "changes had no effect:".
    public var why: String {
        switch MarkReason(rawValue: reason) {
        case .erased: count == 1 ? "what it is about was erased" : "what they are about was erased"
        case .revoked: "the device that made \(it) had been revoked"
        case .forbidden: "whoever made \(it) may not write there"
        case .misplaced: "\(count == 1 ? "it holds" : "they hold") something that does not belong there"
        case .unreadable: "no version of Canvass can read \(it)"
        case nil: "for a reason that only a newer version knows (\(reason))"
        }
    }

    private var it: String { count == 1 ? "it" : "them" }
}

extension VoidChanges {
    /// Counts changes by the reason that matters most: erased before all others, then by the alphabet.
    static func counted(_ changes: [OwnVoidChange]) -> [VoidChanges] {
        let reasons = changes.map { $0.isErased ? MarkReason.erased.rawValue : $0.reasons.min() ?? "" }
        return Dictionary(grouping: reasons, by: \.self).sorted { $0.key < $1.key }
            .map { VoidChanges(reason: $0.key, count: $0.value.count) }
    }
}
