/// A write that waits for another program which is writing to the same file.
public struct WriteWait: Sendable, Hashable, CustomStringConvertible {
    public var path: String
    /// Who is writing, where the system says so.
    public var holder: LockHolder?

    public init(path: String, holder: LockHolder? = nil) {
        self.path = path
        self.holder = holder
    }

    public var description: String {
        guard let holder else { return "another program is writing to \(path)" }
        let state = holder.isStopped ? ", which is suspended," : ""
        return "process \(holder.process)\(state) is writing to \(path)"
    }
}
