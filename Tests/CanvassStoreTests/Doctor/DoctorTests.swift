import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import Foundation
import TestSupport
import Testing

/// A replica with own and others' changes, a conflict, a deletion, a set, and two scopes.
struct DoctorSample {
    let folder: TemporaryFolder
    let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("1.canvass")
        let own = try folder.store(1)
        let other = try folder.store(2)
        for number in 1...12 { try own.put(.text("value \(number)"), of: UInt64(number)) }
        try other.apply(own.log())
        try own.put("mine", of: 3)
        try other.put("theirs", of: 3)
        try other.delete(5)
        try own.note(6, [.init(.put("x"), field: "set", element: "x")])
        try own.apply(other.log())
        try own.put("later", of: 7)
        try own.note(20, [.init(.put(1), field: "a")], scope: .other)
        try own.database.truncateLog()
    }

    func examine(repairing: Bool = false) throws -> DoctorReport {
        try ReplicaStore.examine(path: path, repairing: repairing)
    }

    /// Changes the file behind the store's back.
    func damage(_ sql: String) throws {
        var connection = try Connection(path: path, mode: .readWrite)
        try connection.execute(sql)
    }
}

struct DoctorTests {
    @Test func `a sound file is sound, and is not touched`() throws {
        let sample = try DoctorSample()
        let before = try ReplicaStore.open(path: sample.path).everything()
        for repairing in [false, true] {
            let report = try sample.examine(repairing: repairing)
            #expect(report.findings == [])
            #expect(report.isRepaired == false)
            #expect(report.changesRead == 18)
            #expect(report.changesSound == 18)
        }
        #expect(try ReplicaStore.open(path: sample.path).everything() == before)
        let left = try FileManager.default.contentsOfDirectory(atPath: sample.folder.url.path)
        #expect(!left.contains { $0.contains("-doctor-") })
    }

    static let derived: [(DoctorReport.Finding.Kind, String)] = [
        (.entity, "UPDATE entity SET fields = '{\"a\":\"forged\"}' WHERE id = 2"),
        (.entity, "UPDATE entity SET is_alive = 0 WHERE id = 2"),
        (.entity, "UPDATE entity SET stamp = stamp + 1 WHERE id = 2"),
        (.entity, "UPDATE entity SET unknown_operations = 1 WHERE id = 4"),
        (.entity, "DELETE FROM version"),
        (.entity, "UPDATE version SET value = '\"forged\"'"),
        (.entity, "DELETE FROM entity WHERE id = 1"),
        (
            .entity,
            "INSERT INTO entity SELECT 99, scope, x'00', kind, 1, '{}', 1, replica, 1, 1, NULL, 0, 0 FROM entity WHERE id = 1"
        ),
        (.digest, "UPDATE scope SET digest = digest + 1 WHERE id = 1"),
        (.tip, "DELETE FROM tip WHERE is_own"),
        (.tip, "UPDATE tip SET sequence = sequence - 1"),
        (.tip, "UPDATE tip SET is_own = 0"),
        (.tip, "UPDATE tip SET position = position - 1"),
        (.change, "UPDATE change SET hash = x'00112233445566778899aabbccddeeff' WHERE position = 3"),
        (.change, "UPDATE change SET \"check\" = 1 WHERE position = 3"),
        (.change, "UPDATE change SET previous = 1 WHERE position = 3"),
        (.change, "UPDATE change SET sequence = 700 WHERE position = 3"),
        (.change, "UPDATE change SET replica = 2 WHERE position = 3"),
        (.change, "UPDATE change SET context = NULL WHERE context IS NOT NULL"),
        (.change, "UPDATE change SET context_at = 1 WHERE context_at > 0"),
        (.name, "UPDATE scope SET owner = x'00112233445566778899aabbccddeeff'"),
        (.identity, "UPDATE meta SET value = x'0011223344556677' WHERE key = 'replica'"),
        (.identity, "UPDATE meta SET value = x'00112233445566778899aabbccddeeff' WHERE key = 'device'"),
    ]

    @Test(arguments: derived)
    func `what follows from the log is found wrong and made anew`(
        kind: DoctorReport.Finding.Kind, damage: String
    ) throws {
        let sample = try DoctorSample()
        let before = try ReplicaStore.open(path: sample.path).snapshot()
        try sample.damage(damage)
        let found = try sample.examine()
        #expect(found.findings.contains { $0.kind == kind }, "\(found.findings)")
        #expect(found.isRepaired == false)
        let repaired = try sample.examine(repairing: true)
        #expect(repaired.isRepaired)
        #expect(repaired.changesSound == 18)
        #expect(repaired.unsyncedLost == 0)
        #expect(try sample.examine().findings == [])
        #expect(try ReplicaStore.open(path: sample.path).snapshot() == before)
    }

    @Test(arguments: ["UPDATE change SET body = x'80' WHERE position = 4", "DELETE FROM change WHERE position = 4"])
    func `a change that does not verify is set apart with what follows it, and own work is made again`(
        damage: String
    ) throws {
        let sample = try DoctorSample()
        try sample.damage(damage)
        let found = try sample.examine()
        #expect(found.findings.contains { $0.kind == .change })
        #expect(found.unsyncedLost > 0)
        let repaired = try sample.examine(repairing: true)
        #expect(repaired.madeAgain > 0)
        #expect(try sample.examine().findings == [])
        let store = try ReplicaStore.open(path: sample.path)
        // The change of position 4 is lost, and no other value is.
        #expect(try store.value(of: 4) == nil)
        #expect(try store.value(of: 2) == "value 2")
        #expect(try store.value(of: 9) == "value 9")
        let kept = try store.database.query("SELECT count(*) FROM quarantine").rows
        #expect(kept.first?.first != .integer(0))
        #expect(try store.database.read { try $0.metaBytes(.bookmark) } == nil)
    }
}
