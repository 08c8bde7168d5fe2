#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file descriptor with one owner, closed when the owner goes.
package struct FileDescriptor: ~Copyable, Sendable {
    package let number: Int32

    package init(_ number: Int32) {
        precondition(number >= 0, "a descriptor that was not opened cannot be owned")
        self.number = number
    }

    deinit { _ = close(number) }

    /// Makes calls return instead of wait, and keeps the descriptor from child processes.
    package func setNonBlocking() -> Bool {
        fcntl(number, F_SETFL, O_NONBLOCK) == 0 && fcntl(number, F_SETFD, FD_CLOEXEC) == 0
    }

    /// Switches a socket option on; false, with `errno`, when the system refuses.
    package func enable(_ option: Int32, level: Int32) -> Bool {
        var on: Int32 = 1
        return setsockopt(number, level, option, &on, socklen_t(MemoryLayout<Int32>.size)) == 0
    }
}
