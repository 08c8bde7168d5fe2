import Canvass
import CanvassCommandLine
import CanvassSQLite

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Which replica a command works on.
enum ReplicaLocation {
    static let option = Option(
        "replica", .path, placeholder: "FILE", environment: "CANVASS_REPLICA",
        "The replica's file; without it the one in this user's data folder.")

    /// The path that was asked for, else the platform's place for a user's data.
    ///
    /// Source: XDG Base Directory Specification, `$XDG_DATA_HOME`, of which relative paths are to be ignored; macOS keeps
    /// them in `~/Library/Application Support`.
    static func path(_ arguments: ParsedArguments, environment: Environment = .process) throws(UserError) -> String {
        if let path = arguments[option] { return path }
        #if os(macOS)
            let folder = environment["HOME"].map { $0 + "/Library/Application Support" }
        #else
            let declared = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
            let folder = declared ?? environment["HOME"].map { $0 + "/.local/share" }
        #endif
        guard let folder else {
            throw UserError(
                code: "replica.no-place", "there is no place for a replica: $HOME is not set",
                remedy: "Name a file with --replica.")
        }
        return folder + "/canvass/replica.canvass"
    }

    /// Opens the replica, which has to be there.
    static func open(_ arguments: ParsedArguments) throws -> Replica {
        let path = try path(arguments)
        guard Folder.holds(path) else {
            throw CanvassError(
                .replicaMissing, "There is no replica at \(path)",
                remedy: "Make one with 'canvass init', or name another with --replica.")
        }
        return try Replica.open(at: path, environment: environment)
    }

    /// The system's, with Ctrl-C where a command has asked for it, and with a word on standard error when another program
    /// keeps this one waiting.
    static let environment: ReplicaEnvironment = {
        var environment = ReplicaEnvironment.system
        environment.onWait = { wait in
            let isJSON = CommandLine.arguments.prefix { $0 != "--" }.contains("--json")
            let output = Output(
                program: "canvass", standard: TextStream(descriptor: STDOUT_FILENO),
                errors: TextStream(descriptor: STDERR_FILENO), isJSON: isJSON)
            output.warn("\(wait); waiting for it, a minute at most")
            output.errors.flush()
        }
        environment.shouldStop = { Interrupt.isRequested }
        return environment
    }()

    /// Makes a replica, and the folders on the way to it. What is left of one whose making was cut short is made whole.
    ///
    /// - Throws: `UserError` when anything else is at the path already.
    static func create(_ path: String) throws -> Replica {
        guard !Folder.holds(path) || Replica.isUnfinished(at: path) else {
            throw UserError(
                code: "replica.exists", "there is a file at \(path) already",
                remedy: "Go on with it, or name another file with --replica.")
        }
        try Folder.make(for: path)
        return try Replica.create(at: path, environment: environment)
    }

    /// Opens the replica, or makes it where nothing is.
    static func openOrCreate(_ path: String) throws -> (replica: Replica, isNew: Bool) {
        guard Folder.holds(path), !Replica.isUnfinished(at: path) else { return (try create(path), true) }
        return (try Replica.open(at: path, environment: environment), false)
    }

    /// Removes the files of a replica that this command has made; not if another process has joined with it since.
    static func remove(_ replica: Replica) {
        guard let status = try? replica.status(), status.relay == nil else { return }
        for suffix in ["", "-wal", "-shm", "-lock"] { unlink(replica.path + suffix) }
    }
}
