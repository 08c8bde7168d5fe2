package import CanvassCoding

/// Who decides between concurrent values of one field. Every version is kept until something replaces it, and the winner
/// is shown, whatever the policy: it only says whether the others are a conflict for a person.
///
/// The table is part of the protocol (section 7): the counts that people see must be the same on every device.
package enum MergePolicy: Sendable, Hashable {
    /// A person has to choose: the conflict is listed until it is settled.
    case person
    /// The winner is as good as any other, or a person could not know better: nobody is asked.
    case winner

    private enum Fields {
        case all
        case named(String)
        case beginning(with: String)

        func contains(_ field: String) -> Bool {
            switch self {
            case .all: true
            case .named(let name): field.hasSameBytes(as: name)
            case .beginning(let prefix): field.utf8.starts(with: prefix.utf8)
            }
        }
    }

    /// What is not listed is for a person. A kind of nil means every kind.
    private static let winners: [(kind: EntityKind?, fields: Fields)] = [
        // Two orders of a list are both right.
        (nil, .named(Place.field)),
        // The response's own fields: when and in which language it was taken, by which version, what an import read, and
        // findings, which follow from the answers. A person settles the answers.
        (.response, .beginning(with: "@")),
        // The later judgement stands; the history has the other.
        (.review, .named("state")),
        // The designer's counter of drafts.
        (.survey, .named("version")),
        // Written once, by one device.
        (.publishedVersion, .all), (.publishedPart, .all), (.erasure, .all),
        // Written by the relay alone.
        (.member, .all), (.device, .all), (.grant, .all), (.invite, .all), (.mark, .all),
    ]

    /// - Parameter element: that of a set, which is in it or not: nobody is asked about its value.
    package static func of(_ field: String, element: Value? = nil, kind: String) -> MergePolicy {
        // Of a kind of a later version nobody knows here what the values mean.
        guard element == nil, let kind = EntityKind(rawValue: kind) else { return .winner }
        let isListed = winners.contains { ($0.kind ?? kind) == kind && $0.fields.contains(field) }
        return isListed ? .winner : .person
    }
}

extension EntityState {
    /// The versions of a cell that a person has to settle: those with another value than the winner's, where the field's
    /// policy asks a person.
    package func conflicts(in named: NamedCell) -> [Version] {
        switch MergePolicy.of(named.field, element: named.element, kind: kind) {
        case .person: named.cell.conflicting
        case .winner: []
        }
    }
}
