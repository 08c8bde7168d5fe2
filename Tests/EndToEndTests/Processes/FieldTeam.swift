import CanvassCoding
import Foundation
import TestSupport
import Testing

/// An organisation with a survey, and collectors and a reviewer who have joined it; all real processes.
struct FieldTeam: Sendable {
    let organisation: Organisation

    /// - Parameter collectors: their names; "rita" is the reviewer.
    init(collectors: [String]) async throws {
        organisation = try Organisation()
        try await organisation.startRelay()
        try await organisation.openCampaign(by: "dana")
        for name in collectors { try await join(name, role: "collector") }
        try await join("rita", role: "reviewer")
    }

    /// One that has gathered already.
    init(_ organisation: Organisation) {
        self.organisation = organisation
    }

    func join(_ name: String, role: String) async throws {
        try await organisation.join(name, role: role)
    }

    /// The ids of the responses that somebody holds.
    func responses(of person: String) async throws -> [String] {
        let list = try await organisation.json(person, "response", "list", "field", "--limit", "1000000")
        return try #require(list.listValue).compactMap { $0["id"]?.textValue }
    }

    /// Changes that somebody still has to send.
    func unsent(of person: String) async throws -> Int64 {
        try #require(try await organisation.json(person, "status")["unsynced"]?.integerValue)
    }

    /// What `canvass doctor` has to say against somebody's file; empty when it is sound.
    func findings(on person: String) async throws -> String {
        let outcome = try await organisation.run(person, ["doctor"])
        return outcome.status == 0 ? "" : outcome.outputText + outcome.errorText
    }

    /// Writes a table with a row for each number, whose reason names it.
    func writeTable(_ name: String, rows: Range<Int>) throws {
        let lines = rows.map { "\($0 % 7),row \($0)" }
        try organisation.folder.write("score,reason\n" + lines.joined(separator: "\n") + "\n", to: name)
    }

    /// Keeps a copy of files, to put them back as they were.
    func copy(_ name: String) throws -> FileCopy { try FileCopy(of: organisation.folder.url.appending(path: name)) }
}

/// The contents of a file or a folder, with the files beside it whose names begin alike.
struct FileCopy: Sendable {
    private let place: URL
    private let folder: TemporaryFolder
    private let names: [String]

    init(of place: URL) throws {
        self.place = place
        folder = try TemporaryFolder()
        names = try FileManager.default.contentsOfDirectory(atPath: place.deletingLastPathComponent().path)
            .filter { $0 == place.lastPathComponent || $0.hasPrefix(place.lastPathComponent + "-") }
        for name in names {
            try FileManager.default.copyItem(
                at: place.deletingLastPathComponent().appending(path: name), to: folder.url.appending(path: name))
        }
    }

    /// Puts everything back, and takes away what has come beside it.
    func restore() throws {
        let parent = place.deletingLastPathComponent()
        for name in try FileManager.default.contentsOfDirectory(atPath: parent.path)
        where name == place.lastPathComponent || name.hasPrefix(place.lastPathComponent + "-") {
            try FileManager.default.removeItem(at: parent.appending(path: name))
        }
        for name in names {
            try FileManager.default.copyItem(at: folder.url.appending(path: name), to: parent.appending(path: name))
        }
    }
}
