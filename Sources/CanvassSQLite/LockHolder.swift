/// The process that holds a write lock.
public struct LockHolder: Sendable, Hashable {
    public var process: Int32
    /// Whether somebody has suspended it (SIGSTOP, Ctrl-Z): it writes on when it is resumed.
    public var isStopped: Bool

    public init(process: Int32, isStopped: Bool) {
        self.process = process
        self.isStopped = isStopped
    }

    /// Asks Linux who holds a `flock` on a file; nil elsewhere, and where the holder cannot be seen from here.
    ///
    /// Source: proc_locks(5); the state is the third field of proc_pid_stat(5), after a name in parentheses that may hold
    /// any character.
    init?(of file: FileIdentity) {
        for line in FileSystem.text(of: "/proc/locks").split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count >= 6, fields[1] == "FLOCK", fields[5].hasSuffix(":\(file.number)"),
                let process = Int32(fields[4]), process > 0
            else { continue }
            let state = FileSystem.text(of: "/proc/\(process)/stat").split(separator: ")").last?.prefix(2)
            self.init(process: process, isStopped: state == " T")
            return
        }
        return nil
    }
}
