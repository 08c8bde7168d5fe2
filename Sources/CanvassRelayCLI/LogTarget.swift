import CanvassCommandLine
import CanvassRelay

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where a log goes: a file, or, as "-", standard error.
enum LogTarget {
    static let standardError = "-"

    /// - Throws: `RelayFailure` where the file cannot be written.
    static func open(_ path: String, level: RelayLog.Level = .info) throws -> RelayLog {
        guard path != standardError else { return errors(level: level) }
        let file = try LogFile(path: path)
        return RelayLog(level: level) { file.write(ControlCharacters.escapeJSON($0)) }
    }

    static func errors(level: RelayLog.Level) -> RelayLog {
        RelayLog(level: level) { LogFile.write(ControlCharacters.escapeJSON($0), to: STDERR_FILENO) }
    }

    /// The path from the root, for processes that work elsewhere; nil for standard error.
    static func absolute(_ path: String?) -> String? {
        guard let path, path != standardError, !path.hasPrefix("/") else {
            return path == standardError ? nil : path
        }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            getcwd(buffer.baseAddress, buffer.count).map { "\(String(cString: $0))/\(path)" }
        }
    }
}
