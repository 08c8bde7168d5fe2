#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The few things that are asked of the operating system whatever the disk is.
enum FileSystem {
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The operating system's words for `code`, an `errno`.
    static func reason(_ code: Int32) -> String {
        guard let text = strerror(code) else { return "error \(code)" }
        return String(cString: text)
    }

    /// A number that tells this thread from the others that live now.
    static var currentThread: UInt {
        #if canImport(Glibc)
            UInt(pthread_self())
        #else
            UInt(bitPattern: pthread_self())
        #endif
    }

    static func sleep(milliseconds: Int) {
        // Woken early by a signal, a caller that polls merely looks sooner.
        var time = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
        nanosleep(&time, nil)
    }
}
