import CanvassCRDT
import CanvassCoding
import CanvassWire

/// Whether the marks that are held account for the void list that a relay's seal covers, so that no carrier leaves a mark out
/// and brings a void change back to life.
///
/// Whatever is marked here is void here, so any part of the held marks will do: a seal covers those that its relay had made
/// up to some moment, and more may have been made since, by it or by the one that took its place.
enum VoidListCheck {
    /// How many lists are hashed at most for one segment, and how many changes they name in all.
    private static let maximumTries = 2000
    private static let maximumTips = 400_000

    /// - Parameter marks: all that are held on the chain up to the seal.
    static func accounts(for hash: [UInt8], _ marks: [HeldMark]) -> Bool {
        if VoidList.hash(marks.map(\.tip)) == hash { return true }
        guard marks.count <= maximumTries / 2, marks.count * marks.count <= maximumTips else { return false }
        let inOrder = marks.sorted { ($0.position, $0.tip) < ($1.position, $1.tip) }
        let makers = Set(marks.map(\.relayBranch)).sorted()
        let parts =
            [inOrder] + (makers.count > 1 ? makers.map { maker in inOrder.filter { $0.relayBranch == maker } } : [])
        return parts.contains { hasBeginning($0, with: hash) }
    }

    /// Whether the marks that were made up to some moment are those of the list.
    private static func hasBeginning(_ marks: [HeldMark], with hash: [UInt8]) -> Bool {
        (0...marks.count).contains { count in
            // Marks of one position were made at once.
            let isMoment = count == 0 || count == marks.count || marks[count - 1].position != marks[count].position
            return isMoment && VoidList.hash(marks[..<count].map(\.tip)) == hash
        }
    }
}
