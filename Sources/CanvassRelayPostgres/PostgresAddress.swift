#if Postgres
    import CanvassCPostgres
    package import CanvassRelay

    /// Where a database is, in the words of libpq: a URI or a list of `key=value`
    /// (<https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING>).
    package struct PostgresAddress: Sendable {
        private let text: String
        /// As errors and listings show it: without a password.
        package let name: String

        /// - Throws: `RelayFailure` for what is no such text.
        package init(_ text: String) throws(RelayFailure) {
            self.text = text
            var reason: UnsafeMutablePointer<CChar>?
            guard let options = PQconninfoParse(text, &reason) else {
                let why = reason.map { Self.line(String(cString: $0)) } ?? "no memory"
                if let reason { PQfreemem(reason) }
                throw RelayFailure(
                    "the address of the database cannot be read: \(why)",
                    remedy: "write it as postgresql://USER@HOST/DATABASE", isUsage: true)
            }
            defer { PQconninfoFree(options) }
            var shown: [String] = []
            var option = options
            while let keyword = option.pointee.keyword {
                let key = String(cString: keyword)
                if let value = option.pointee.val, ["host", "port", "dbname", "service"].contains(key) {
                    shown.append("\(key)=\(String(cString: value))")
                }
                option += 1
            }
            name = shown.isEmpty ? "the database of this user" : "the database " + shown.joined(separator: " ")
        }

        /// What the address may overrule: a server that does not answer is given up.
        private static let defaults = [
            ("application_name", "canvass-relay"), ("connect_timeout", "10"), ("keepalives_idle", "30"),
            ("tcp_user_timeout", "30000"),
        ]

        /// What holds for every connection. A commit is on the server's medium before it is acknowledged; a relay that stands
        /// still keeps others from writing for a minute at most, and none waits longer.
        private static let settings = """
            SET idle_in_transaction_session_timeout = '60s'; SET lock_timeout = '60s';
            SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
            """

        func connect() throws -> OpaquePointer {
            let keywords = Self.defaults.map(\.0) + ["dbname", "client_encoding"]
            let values = Self.defaults.map(\.1) + [text, "UTF8"]
            let handle = keywords.withCStrings { keywords in
                values.withCStrings { values in PQconnectdbParams(keywords, values, 1) }
            }
            guard let handle else { throw LogDatabaseError(.unavailable, "no memory for a connection") }
            guard PQstatus(handle) == CONNECTION_OK else {
                let why = Self.line(String(cString: PQerrorMessage(handle)))
                PQfinish(handle)
                throw LogDatabaseError(.unavailable, "\(name) cannot be reached: \(why)")
            }
            // Notices would go to standard error.
            PQsetNoticeProcessor(handle, { _, _ in }, nil)
            let result = PQexec(handle, Self.settings)
            defer { PQclear(result) }
            guard [PGRES_COMMAND_OK, PGRES_TUPLES_OK].contains(PQresultStatus(result)) else {
                let why = Self.line(String(cString: PQerrorMessage(handle)))
                PQfinish(handle)
                throw LogDatabaseError(.other, "\(name) refuses the relay's settings: \(why)")
            }
            return handle
        }

        /// What libpq says, on one line.
        static func line(_ text: String) -> String {
            text.split(whereSeparator: \.isNewline).map { $0.drop { $0 == "\t" || $0 == " " } }.joined(separator: "; ")
        }
    }

    extension [String] {
        /// A list of C strings that ends with NULL.
        fileprivate func withCStrings<T>(_ body: (UnsafePointer<UnsafePointer<CChar>?>) throws -> T) rethrows -> T {
            var bytes: [CChar] = []
            var offsets: [Int] = []
            for text in self {
                offsets.append(bytes.count)
                bytes += text.utf8CString
            }
            return try bytes.withUnsafeBufferPointer { bytes in
                let pointers = offsets.map { offset in bytes.baseAddress.map { $0 + offset } }
                return try (pointers + [nil]).withUnsafeBufferPointer { list in
                    guard let start = list.baseAddress else { preconditionFailure("the list ends with NULL") }
                    return try body(start)
                }
            }
        }
    }
#endif
