import CanvassCoding

/// What an operator sees: one JSON object a line, with `time`, `level`, `event` and whatever belongs to it.
///
/// Nothing secret is ever passed in: no token, invite, key or header.
package struct RelayLog: Sendable {
    package enum Level: String, Sendable, CaseIterable, Comparable {
        case info, warning, error

        private var rank: Int {
            switch self {
            case .info: 0
            case .warning: 1
            case .error: 2
            }
        }

        package static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }
    }

    /// Lines below this are not written.
    package let level: Level
    private let write: @Sendable (String) -> Void

    /// - Parameter write: takes one line, without its end.
    package init(level: Level, write: @escaping @Sendable (String) -> Void) {
        self.level = level
        self.write = write
    }

    package static let silent = RelayLog(level: .error) { _ in }

    package func isOn(_ level: Level) -> Bool { level >= self.level }

    /// - Parameter milliseconds: since 1970.
    func record(_ level: Level, _ event: String, at milliseconds: Int64, _ fields: KeyValuePairs<String, Value> = [:]) {
        record(level, event, at: milliseconds, fields.map { .init($0.key, $0.value) })
    }

    func record(_ level: Level, _ event: String, at milliseconds: Int64, _ fields: [Value.Member]) {
        guard isOn(level) else { return }
        let members: [Value.Member] = [
            .init("time", .integer(milliseconds)), .init("level", .text(level.rawValue)), .init("event", .text(event)),
        ]
        write(JSON.encode(.map(members + fields)))
    }
}
