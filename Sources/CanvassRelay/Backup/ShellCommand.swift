#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Runs a command that an operator wrote.
enum ShellCommand {
    /// Runs `sh -c COMMAND sh ARGUMENT`, so that the argument is `$1` and never read as a part of the command.
    ///
    /// - Returns: its exit code, or 128 plus the number of the signal that ended it. One that takes too long, or outlives
    ///   the relay, is ended with SIGTERM, as are those it started.
    /// - Throws: `RelayFailure` where it cannot be started.
    static func run(
        _ command: String, argument: String, limitMilliseconds: Int64, shouldStop: () -> Bool
    ) throws(RelayFailure) -> Int32 {
        let process = try start(["sh", "-c", command, "sh", argument])
        var waited: Int64 = 0
        var isTold = false
        var status: Int32 = 0
        while true {
            let found = waitpid(process, &status, WNOHANG)
            if found == process { break }
            guard found == 0 || errno == EINTR else {
                throw RelayFailure(
                    "the end of the command was not seen: \(String(cString: strerror(errno)))", remedy: "run it by hand"
                )
            }
            if !isTold, shouldStop() || waited >= limitMilliseconds {
                isTold = true
                kill(-process, SIGTERM)
            }
            var pause = timespec(tv_sec: 0, tv_nsec: 20_000_000)
            nanosleep(&pause, nil)
            waited += 20
        }
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }

    /// In a process group of its own, with no input, and with what it prints on standard error.
    private static func start(_ words: [String]) throws(RelayFailure) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, "/bin/sh", &actions, &attributes, &arguments, environ)
        guard code == 0 else {
            throw RelayFailure(
                "the command could not be started: \(String(cString: strerror(code)))",
                remedy: "see that there is a /bin/sh")
        }
        return process
    }
}
