import Foundation

/// The greatest resident memory of a process ("high water mark"), as Linux counts it: proc(5), `VmHWM` in
/// /proc/PID/status, set back by writing 5 to /proc/self/clear_refs.
enum PeakMemory {
    /// Lets the mark of this process begin anew. Where the system has none, `bytes` is nil as well.
    static func reset() {
        guard let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return }
        // Refused in some containers: the mark then stays what it was, an upper bound.
        try? file.write(contentsOf: Data("5".utf8))
        try? file.close()
    }

    /// - Parameter process: its id; nil for this one.
    /// - Returns: nil where the system does not tell.
    static func bytes(of process: Int32? = nil) -> Int? { figure("VmHWM", of: process) }

    /// The resident memory of a process now.
    static func residentBytes(of process: Int32) -> Int? { figure("VmRSS", of: process) }

    private static func figure(_ name: String, of process: Int32?) -> Int? {
        let path = "/proc/\(process.map(String.init) ?? "self")/status"
        guard let status = try? String(contentsOfFile: path, encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name + ":") }),
            let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        return kibibytes * 1024
    }
}
