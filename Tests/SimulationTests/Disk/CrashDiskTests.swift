import CanvassSQLite
import CanvassSimulator
import Testing

@Suite struct `Crash disk` {
    private func open(_ disk: CrashProcess) throws -> Database {
        try Database(path: "numbers", options: DatabaseOptions(mode: .create, disk: disk))
    }

    private func numbers(_ database: Database) throws -> [Int64] {
        try database.read { connection in
            var rows = try connection.prepare("SELECT value FROM number ORDER BY value")
            var numbers: [Int64] = []
            while try rows.step() { numbers.append(rows.int64(at: 0)) }
            return numbers
        }
    }

    private func insert(_ number: Int64, into database: Database) throws {
        try database.write { connection in try connection.run("INSERT INTO number VALUES (?1)", .integer(number)) }
    }

    private func filled(_ disk: CrashProcess, through last: Int64) throws -> Database {
        let database = try open(disk)
        try database.write { connection in try connection.execute("CREATE TABLE number (value INTEGER) STRICT") }
        for number in 1...last { try insert(number, into: database) }
        return database
    }

    @Test(arguments: CrashSurvival.allCases)
    func `what was committed survives every cut`(survival: CrashSurvival) throws {
        for seed in UInt64(0)..<20 {
            let medium = CrashDisk(seed: seed)
            let database = try filled(medium.startProcess(), through: 5)
            medium.cutPower(keeping: survival, seed: seed)
            #expect(throws: SQLiteError.self) { try insert(6, into: database) }
            #expect(try numbers(open(medium.startProcess())) == [1, 2, 3, 4, 5])
        }
    }

    @Test func `a commit that was not synced is lost`() throws {
        let medium = CrashDisk(seed: 1)
        medium.weakenSynchronous()
        let database = try filled(medium.startProcess(), through: 5)
        #expect(try numbers(database) == [1, 2, 3, 4, 5])
        medium.cutPower(keeping: .none, seed: 1)
        let left = (try? numbers(open(medium.startProcess()))) ?? []
        #expect(left.count < 5)
        _ = database
    }

    @Test func `a killed process leaves what it wrote to the next`() throws {
        let medium = CrashDisk(seed: 1)
        medium.weakenSynchronous()
        let process = medium.startProcess()
        let database = try filled(process, through: 5)
        process.stop()
        #expect(process.isStopped)
        #expect(try numbers(open(medium.startProcess())) == [1, 2, 3, 4, 5])
        _ = database
    }

    @Test func `processes share a file and exclude each other`() throws {
        let medium = CrashDisk(seed: 1)
        let first = try filled(medium.startProcess(), through: 2)
        let second = try open(medium.startProcess())
        try insert(3, into: second)
        try insert(4, into: first)
        #expect(try numbers(first) == [1, 2, 3, 4])
        #expect(try numbers(second) == [1, 2, 3, 4])
        try first.beginWrite()
        var options = DatabaseOptions(mode: .readWrite, disk: medium.startProcess())
        options.lockTimeout = .milliseconds(1)
        let third = try Database(path: "numbers", options: options)
        #expect { try insert(5, into: third) } throws: { ($0 as? SQLiteError)?.isBusy == true }
        first.rollbackWrite()
        try insert(5, into: third)
        #expect(try numbers(first) == [1, 2, 3, 4, 5])
    }

    @Test func `the lock and the memory of a killed process are free`() throws {
        let medium = CrashDisk(seed: 1)
        let process = medium.startProcess()
        let killed = try filled(process, through: 2)
        let other = try open(medium.startProcess())
        #expect(try numbers(other) == [1, 2])
        try killed.beginWrite()
        try killed.withOpenWrite { connection in try connection.run("INSERT INTO number VALUES (99)") }
        process.stop()
        killed.rollbackWrite()
        try insert(3, into: other)
        #expect(try numbers(other) == [1, 2, 3])
        #expect(try numbers(open(medium.startProcess())) == [1, 2, 3])
    }

    @Test func `a fault comes at its operation and leaves nothing half done`() throws {
        for fault in CrashFault.allCases {
            for operation in 1...40 {
                let medium = CrashDisk(seed: UInt64(operation))
                let process = medium.startProcess()
                let database = try filled(process, through: 3)
                process.fail(at: operation, with: fault)
                var acknowledged: [Int64] = [1, 2, 3]
                for number in Int64(4)...9 where (try? insert(number, into: database)) != nil {
                    acknowledged.append(number)
                }
                #expect(acknowledged.count < 9 || fault != .stop || operation > 12)
                medium.cutPower(keeping: .subset, seed: UInt64(operation))
                let found = try numbers(open(medium.startProcess()))
                #expect(Set(found).isSuperset(of: acknowledged), "\(fault) at \(operation)")
                #expect(found.count == Set(found).count)
                _ = database
            }
        }
    }

    @Test func `a full disk refuses and works again when there is room`() throws {
        let medium = CrashDisk(seed: 1)
        let database = try filled(medium.startProcess(), through: 3)
        medium.limit(toBytes: 1)
        #expect { try insert(4, into: database) } throws: { ($0 as? SQLiteError)?.isFull == true }
        medium.limit(toBytes: nil)
        try insert(4, into: database)
        #expect(try numbers(database) == [1, 2, 3, 4])
    }

    @Test func `a name lasts once the names are synced`() throws {
        let medium = CrashDisk(seed: 1)
        let process = medium.startProcess()
        let lost = try process.createScratch(beside: "lost")
        medium.copy(seed: 1).expectNames([lost])
        let cut = medium.copy(seed: 1)
        cut.cutPower(keeping: .none, seed: 1)
        cut.expectNames([])
        try process.synchronize(".")
        try process.rename(lost, to: "renamed")
        medium.expectNames(["renamed"])
        medium.cutPower(keeping: .none, seed: 1)
        medium.expectNames([lost])
    }

    @Test func `the same seed leaves the same bytes`() throws {
        let bytes = try (0..<2).map { _ in
            CrashDisk.seedSQLite(7)
            let medium = CrashDisk(seed: 1)
            let database = try filled(medium.startProcess(), through: 5)
            medium.cutPower(keeping: .subset, seed: 1)
            _ = database
            return medium.names.map { medium.contents(of: $0) }
        }
        #expect(bytes[0] == bytes[1])
    }

    @Test func `a flipped bit is there for all`() throws {
        let medium = CrashDisk(seed: 1)
        medium.put([1, 2, 3], at: "bytes")
        #expect(medium.flip(bit: 7, ofByte: 1, in: "bytes"))
        #expect(!medium.flip(bit: 7, ofByte: 3, in: "bytes"))
        #expect(medium.contents(of: "bytes") == [1, 130, 3])
        medium.cutPower(keeping: .none, seed: 0)
        #expect(medium.contents(of: "bytes") == [1, 130, 3])
    }
}

extension CrashDisk {
    fileprivate func expectNames(_ expected: [String], sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(names == expected, sourceLocation: sourceLocation)
    }
}
