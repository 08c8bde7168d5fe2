import Glibc

/// A system call failed that the server cannot do without.
package struct HTTPServerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was tried: "listen on 127.0.0.1 port 8080".
    package var operation: String
    package var reason: String
    /// What to do next; empty where nothing general can be said.
    package var remedy: String

    package init(operation: String, reason: String, remedy: String = "") {
        self.operation = operation
        self.reason = reason
        self.remedy = remedy
    }

    init(operation: String, errorNumber: Int32) {
        let remedy =
            switch errorNumber {
            case EADDRINUSE: "Another program listens there: stop it or choose another port."
            case EADDRNOTAVAIL: "This machine does not have that address: use 127.0.0.1, ::1, 0.0.0.0 or ::."
            case EACCES: "Ports below 1024 are reserved: choose a higher one behind a reverse proxy."
            case EMFILE, ENFILE: "Too many files are open: raise the limit (ulimit -n)."
            default: ""
            }
        self.init(operation: operation, reason: String(cString: strerror(errorNumber)), remedy: remedy)
    }

    package var description: String {
        "Could not \(operation): \(reason)." + (remedy.isEmpty ? "" : " \(remedy)")
    }
}
