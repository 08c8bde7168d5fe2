import Foundation

/// Protocol/README.md, whose tables of who may do what are checked against the code.
enum Specification {
    /// Whether the page shows a table, row by row.
    static func shows(_ table: [[String]]) throws -> Bool {
        guard let head = table.first else { return false }
        let lines = [head, head.map { _ in "---" }] + table.dropFirst()
        let text = lines.map { "| \($0.joined(separator: " | ")) |\n" }.joined()
        // The line before and the one after are empty, so that no row is missing.
        return try page().contains("\n\n\(text)\n")
    }

    private static func page() throws -> String {
        let top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: top.appending(path: "Protocol/README.md"), encoding: .utf8)
    }
}
