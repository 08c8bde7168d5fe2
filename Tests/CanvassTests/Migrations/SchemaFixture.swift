import CanvassCoding
import Foundation
import TestSupport
import Testing

/// A replica and its relay as a program of an earlier schema left them, and what that program said of the replica.
struct SchemaFixture: Sendable, CustomTestStringConvertible {
    let version: Int
    /// The words of that program: see `make.sh` beside the files.
    let expected: Value

    private static var folder: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/Schema")
    }

    init(version: Int) throws {
        self.version = version
        expected = try JSON.decode([UInt8](Data(contentsOf: Self.folder.appending(path: "expected-\(version).json"))))
    }

    /// All there are.
    static let all: [SchemaFixture] = {
        var fixtures: [SchemaFixture] = []
        while let fixture = try? SchemaFixture(version: fixtures.count + 1) { fixtures.append(fixture) }
        return fixtures
    }()

    var testDescription: String { "schema \(version)" }

    /// Copies the replica's file.
    func copyReplica(to path: String) throws {
        try Data(contentsOf: Self.folder.appending(path: "replica-\(version).canvass")).write(to: URL(filePath: path))
    }

    /// Copies the relay's database into a folder of its own.
    func copyRelay(to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(contentsOf: Self.folder.appending(path: "relay-\(version).sqlite"))
            .write(to: folder.appending(path: "relay.sqlite"))
    }

    func count(_ name: String) throws -> Int {
        Int(try #require(expected[name]?.integerValue))
    }

    /// The schema's version in the header of a database file (<https://sqlite.org/fileformat2.html>, offset 60).
    static func schemaVersion(of path: String) throws -> Int {
        let header = [UInt8](try Data(contentsOf: URL(filePath: path)).prefix(100))
        return header[60..<64].reduce(0) { $0 << 8 | Int($1) }
    }
}
