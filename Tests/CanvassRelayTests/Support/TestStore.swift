import CanvassRelay
import Foundation
import TestSupport

/// Where the relay of a test keeps what it has: the same tests run on each kind.
protocol TestStore: Sendable {
    func open(recovering sheet: RecoverySheet?, environment: RelayEnvironment) throws -> Relay

    // What follows happens to a relay that is stopped.

    /// Copies all of it as it is.
    func copy(as name: String) throws
    /// Puts a copy in its place: what came since is lost.
    func putBack(_ name: String) throws
    func empty() throws
    /// Puts a backup in its place, as the operator's command does.
    func restore(_ backup: String) throws
    /// Waits until nothing of a closed relay works on it any more.
    func settle()

    /// Whether these bytes are anywhere in it.
    func holds(_ bytes: [UInt8]) throws -> Bool
}

/// A file of SQLite, with what lies beside it.
struct FileStore: TestStore {
    let folder: URL

    private var path: String { folder.appending(path: "relay.sqlite").path }

    func open(recovering sheet: RecoverySheet?, environment: RelayEnvironment) throws -> Relay {
        try Relay(path: path, recovering: sheet, environment: environment)
    }

    private func files(in folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.lastPathComponent.hasPrefix("relay.sqlite") }
    }

    func copy(as name: String) throws {
        let copy = folder.appending(path: name)
        try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
        for file in try files(in: folder) {
            try FileManager.default.copyItem(at: file, to: copy.appending(path: file.lastPathComponent))
        }
    }

    func putBack(_ name: String) throws {
        try empty()
        for file in try files(in: folder.appending(path: name)) {
            try FileManager.default.copyItem(at: file, to: folder.appending(path: file.lastPathComponent))
        }
    }

    func empty() throws {
        for file in try files(in: folder) { try FileManager.default.removeItem(at: file) }
    }

    func restore(_ backup: String) throws {
        _ = try Relay.restore(backup, to: RelayDirectory(path: folder.path), replacing: true)
    }

    func settle() {
        let deadline = ContinuousClock.now + .seconds(5)
        // Its log is emptied when the database closes, which is after the relay itself is gone: a copy made meanwhile would
        // never come to its end.
        func isClosed() -> Bool {
            let size = try? FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int
            return (size ?? 0) == 0
        }
        while !isClosed(), ContinuousClock.now < deadline { Thread.sleep(forTimeInterval: 0.001) }
    }

    func holds(_ bytes: [UInt8]) throws -> Bool {
        try files(in: folder).contains { try Data(contentsOf: $0).range(of: Data(bytes)) != nil }
    }
}
