import Foundation

/// Processor time, user and system together.
enum ProcessorTime {
    /// Seconds that the calling thread has used.
    static func ofThread() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Seconds that a process has used, to a hundredth: proc(5), fields 14 and 15 of /proc/PID/stat.
    ///
    /// - Returns: nil where the system does not tell.
    static func of(process: Int32) -> Double? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            // The name before it may hold spaces.
            let fields = text.split(separator: ")").last?.split(separator: " "), fields.count > 12,
            let user = Double(fields[11]), let system = Double(fields[12])
        else { return nil }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Seconds of this thread that one of `count` repetitions takes.
    static func perRepetition(_ count: Int, _ body: () throws -> Void) rethrows -> Double {
        let start = ofThread()
        for _ in 0..<count { try body() }
        return (ofThread() - start) / Double(count)
    }
}
