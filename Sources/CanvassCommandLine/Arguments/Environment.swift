#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Environment variables, passed in so that tests choose them.
package struct Environment: Sendable {
    private let lookup: @Sendable (String) -> String?

    /// The variables of this process.
    package static let process = Environment { name in
        getenv(name).map { String(cString: $0) }
    }

    package init(_ variables: [String: String]) {
        self.init { variables[$0] }
    }

    private init(lookup: @escaping @Sendable (String) -> String?) {
        self.lookup = lookup
    }

    /// The value of a variable; nil when it is unset or empty, which POSIX programs treat alike.
    package subscript(_ name: String) -> String? {
        guard let value = lookup(name), !value.isEmpty else { return nil }
        return value
    }
}
