import CanvassCommandLine
import CanvassSimulator
import CanvassStore
import Foundation

/// Where the replicas of histories are made: from a few empty files that are copied, since making a schema anew for each
/// history would take most of the time.
struct HistoryWorkshop {
    /// Replicas that a history can have, and one more that merges it at the end.
    static let identityCount = 6

    private let scratch: ScratchFolder
    private let templates: URL

    /// - Parameter parent: nil for a file system in memory where there is one: nothing here needs to outlive a crash.
    init(in parent: String?) throws {
        let memory = "/dev/shm"
        let isInMemory = parent == nil && FileManager.default.isWritableFile(atPath: memory)
        scratch = try ScratchFolder(in: isInMemory ? memory : parent)
        templates = try scratch.makeFolder()
        for identity in 0..<HistoryWorkshop.identityCount {
            // The identities are the same in every run, so that a seed means one history.
            var random = SplitMix64(seed: UInt64(identity))
            _ = try ReplicaStore.create(path: template(identity), clockMilliseconds: 0, using: &random)
        }
    }

    /// A folder for the replicas of one history, to be handed to `discard`.
    func makeFolder() throws -> URL { try scratch.makeFolder() }

    func discard(_ folder: URL) throws { try scratch.discard(folder) }

    /// An empty replica in a folder.
    func makeStore(_ identity: Int, in folder: URL) throws -> ReplicaStore {
        let path = folder.appending(path: "\(identity).canvass").path
        try FileManager.default.copyItem(atPath: template(identity), toPath: path)
        return try ReplicaStore.open(path: path)
    }

    private func template(_ identity: Int) -> String {
        templates.appending(path: "\(identity).canvass").path
    }
}
