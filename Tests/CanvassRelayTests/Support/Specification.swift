import Foundation

/// The files in Protocol that are checked against the code.
enum Specification {
    /// Whether README.md shows a table, row by row.
    static func shows(_ table: [[String]]) throws -> Bool {
        guard let head = table.first else { return false }
        let lines = [head, head.map { _ in "---" }] + table.dropFirst()
        let text = lines.map { "| \($0.joined(separator: " | ")) |\n" }.joined()
        // The line before and the one after are empty, so that no row is missing.
        return try read("README.md").contains("\n\n\(text)\n")
    }

    static func read(_ name: String) throws -> String {
        let top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: top.appending(path: "Protocol/\(name)"), encoding: .utf8)
    }
}
