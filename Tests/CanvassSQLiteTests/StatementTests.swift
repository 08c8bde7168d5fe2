import CanvassSQLite
import Testing

@Suite struct StatementTests {
    let folder: TemporaryFolder
    let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.database
    }

    private func open() throws -> Connection {
        var connection = try Connection(path: path, mode: .create)
        try connection.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, value)")
        return connection
    }

    static let values: [SQLiteValue] = [
        .null, .integer(0), .integer(.min), .integer(.max), .integer(1 << 53 + 1), .real(0.1 + 0.2), .real(-0.0),
        .real(.greatestFiniteMagnitude), .real(.leastNonzeroMagnitude), .real(.infinity), .text(""), .text("é 🌊"),
        .text("a\0b\0"), .text("\0"), .text(String(repeating: "x", count: 100_000)), .blob([]), .blob([0]),
        .blob([UInt8](repeating: 255, count: 70_000)),
    ]

    @Test(arguments: values) func `a value comes back as it was`(value: SQLiteValue) throws {
        var connection = try open()
        try connection.run("INSERT INTO item (value) VALUES (?1)", value)
        var select = try connection.prepare("SELECT value FROM item")
        #expect(try select.step())
        #expect(select.value(at: 0) == value)
        #expect(try !select.step())
    }

    @Test func `typed readers return what was bound`() throws {
        var connection = try open()
        var select = try connection.prepare("SELECT ?1, ?2, ?3, ?4, ?5")
        try select.bind(Int64(-7), at: 1)
        try select.bind(2.5, at: 2)
        try select.bind("text\0more", at: 3)
        try select.bind([1, 2, 3] as [UInt8], at: 4)
        try select.bind(nil as String?, at: 5)
        #expect(try select.step())
        #expect(select.columnCount == 5)
        #expect(select.int64(at: 0) == -7)
        #expect(select.double(at: 1) == 2.5)
        #expect(select.text(at: 2) == "text\0more")
        #expect(select.bytes(at: 3) == [1, 2, 3])
        #expect(select.withBytes(at: 3) { $0.count } == 3)
        let isNull = select.isNull(at: 4)
        #expect(isNull)
        #expect(select.type(at: 2) == .text)
        #expect(select.type(at: 3) == .blob)
    }

    @Test func `a raw buffer is stored as a blob`() throws {
        var connection = try open()
        var select = try connection.prepare("SELECT ?1, typeof(?2)")
        try [UInt8](arrayLiteral: 9, 0, 9).withUnsafeBytes { try select.bind($0, at: 1) }
        try select.bind(UnsafeRawBufferPointer(start: nil, count: 0), at: 2)
        #expect(try select.step())
        #expect(select.bytes(at: 0) == [9, 0, 9])
        #expect(select.text(at: 1) == "blob")
    }

    @Test func `a column or a row that is not there reads as empty`() throws {
        var connection = try open()
        var select = try connection.prepare("SELECT 1")
        #expect(select.int64(at: 0) == 0)
        #expect(try select.step())
        #expect(select.text(at: 1) == "")
        #expect(select.bytes(at: -1) == [])
        #expect(select.int64(at: .max) == 0)
        #expect(select.columnName(at: 99) == "")
    }

    @Test(arguments: [0, -1, 3, Int.max]) func `a parameter that is not there is refused`(index: Int) throws {
        var connection = try open()
        var select = try connection.prepare("SELECT ?1, ?2")
        let error = #expect(throws: SQLiteError.self) { try select.bind(Int64(1), at: index) }
        #expect(error?.code == 25)
        #expect(error?.sql == "SELECT ?1, ?2")
    }

    @Test(arguments: ["SELECT 1; SELECT 2", "SELECT 1; nonsense", "", "  -- nothing\n", "SELECT 1\0", "SELEC 1"])
    func `what is not one statement is refused`(sql: String) throws {
        var connection = try open()
        #expect(throws: SQLiteError.self) { _ = try connection.prepare(sql) }
    }

    @Test(arguments: ["SELECT 1;", "SELECT 1 ; -- done", "/* one */ SELECT 1;;\n ; "])
    func `blanks and comments around a statement do not matter`(sql: String) throws {
        var connection = try open()
        var statement = try connection.prepare(sql)
        #expect(try statement.step())
    }

    @Test func `a cached statement starts without the values and rows of its last use`() throws {
        var connection = try open()
        for round in 0..<3 {
            var statement = try connection.cached("SELECT ?1 UNION ALL SELECT 5")
            #expect(try statement.step())
            #expect(statement.type(at: 0) == .null)
            if round == 0 { try statement.bindAgain() }
        }
    }

    @Test func `a cached statement in use is not handed out twice`() throws {
        var connection = try open()
        let sql: StaticString = "SELECT ?1"
        var outer = try connection.cached(sql)
        try outer.bind(Int64(1), at: 1)
        #expect(try outer.step())
        var inner = try connection.cached(sql)
        try inner.bind(Int64(2), at: 1)
        #expect(try inner.step())
        #expect(outer.int64(at: 0) == 1)
        #expect(inner.int64(at: 0) == 2)
    }

    @Test func `texts that Unicode calls equivalent are two statements`() throws {
        var connection = try open()
        for text in ["\u{E9}", "e\u{301}"] {
            var statement = try connection.cached(dynamic: "SELECT '\(text)'")
            #expect(try statement.step())
            #expect(Array(statement.text(at: 0).utf8) == Array(text.utf8))
        }
    }

    @Test func `texts made at run time are cached without end`() throws {
        var connection = try open()
        for number in 0..<1000 {
            var statement = try connection.cached(dynamic: "SELECT \(number)")
            #expect(try statement.step())
            #expect(statement.int64(at: 0) == Int64(number))
        }
    }

    @Test func `a constraint says so, and the statement can be used again`() throws {
        var connection = try open()
        var insert = try connection.prepare("INSERT INTO item (id) VALUES (?1)")
        try insert.bind(Int64(1), at: 1)
        try insert.run()
        let error = #expect(throws: SQLiteError.self) { try insert.run() }
        #expect(error?.isConstraint == true)
        #expect(error?.extendedCode == 1555)
        #expect(error?.path == path)
        try insert.bind(Int64(2), at: 1)
        try insert.run()
        #expect(connection.lastInsertRowID == 2)
        #expect(connection.changes == 1)
    }

    @Test func `a statement that outlives its connection does no harm`() throws {
        var statement = try {
            var connection = try open()
            return try connection.prepare("SELECT 1")
        }()
        #expect(try statement.step())
    }

    @Test(arguments: ["file:x?mode=memory", ":memory:"]) func `a path is a file, whatever it looks like`(name: String)
        throws
    {
        // Relative on purpose: with a folder before it SQLite sees nothing special.
        do {
            let error = #expect(throws: SQLiteError.self) { _ = try Connection(path: name, mode: .readWrite) }
            #expect(error?.isCannotOpen == true)
        }
    }

    @Test func `text that is not UTF-8 reads as replacement characters`() throws {
        var connection = try open()
        var select = try connection.prepare("SELECT CAST(x'41ff42' AS TEXT)")
        #expect(try select.step())
        #expect(select.text(at: 0) == "A\u{FFFD}B")
    }
}

extension Statement {
    fileprivate mutating func bindAgain() throws(SQLiteError) {
        reset()
        try bind(Int64(7), at: 1)
        _ = try step()
    }
}
