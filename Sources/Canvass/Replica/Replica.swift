public import CanvassCRDT
import CanvassSQLite
package import CanvassStore
import CanvassSurvey
import Synchronization

/// A local replica of campaigns, surveys and responses: one SQLite file that works without any network.
///
/// For example:
///
///     let replica = try Replica.create(at: "field.canvass")
///     try await replica.join("https://relay.example.org/join#SECRET", name: "Ana")
///     try await replica.sync()
///     let survey = try replica.survey(named: "visit")
///     try replica.record(answers, to: survey)
///
/// Every method that writes has written durably when it returns. A replica may be used from any thread, and several
/// processes may share one file.
public final class Replica: Sendable {
    public let path: String
    package let store: ReplicaStore
    let environment: ReplicaEnvironment
    /// Published forms never change, so a form read or made ready once, under its version's id, stays.
    let forms = Mutex<[EntityID: Form]>([:])
    let interviews = Mutex<[EntityID: Interview]>([:])

    private init(path: String, store: ReplicaStore, environment: ReplicaEnvironment) {
        self.path = path
        self.store = store
        self.environment = environment
    }

    /// Makes a replica with a new identity at a path where there is none.
    ///
    /// - Throws: `CanvassError` when the file cannot be written or is there already.
    public static func create(
        at path: String, environment: ReplicaEnvironment = .system
    ) throws(CanvassError) -> Replica {
        let store = try explaining(path) {
            var generator = environment.generator
            return try ReplicaStore.create(
                path: path, on: environment.disk, clockMilliseconds: environment.nowMilliseconds(), using: &generator,
                waiting: environment.waiting)
        }
        return Replica(path: path, store: store, environment: environment)
    }

    /// Opens a replica.
    ///
    /// - Throws: `CanvassError` when there is none, or it is damaged, foreign, or of a newer version.
    public static func open(
        at path: String, environment: ReplicaEnvironment = .system
    ) throws(CanvassError) -> Replica {
        let store = try explaining(path) {
            try ReplicaStore.open(path: path, on: environment.disk, waiting: environment.waiting)
        }
        let replica = Replica(path: path, store: store, environment: environment)
        try replica.refreshViewsIfNeeded()
        return replica
    }

    /// Whether making a replica at `path` was cut short, so that `create` can be called for it once more.
    package static func isUnfinished(at path: String, environment: ReplicaEnvironment = .system) -> Bool {
        ReplicaStore.isUnfinished(path: path, on: environment.disk)
    }

    /// This replica's identity as a writer.
    public var id: ReplicaID { store.replica }

    /// The device that this replica is.
    public var device: EntityID { store.device }

    /// Whether it can only be read, since the file, its folder or its medium is write-protected.
    public var isReadOnly: Bool { store.isReadOnly }

    // MARK: Shared by the extensions

    /// Asked before anything happens elsewhere that could then not be kept here.
    func requireWritable() throws(CanvassError) {
        guard !isReadOnly else { throw CanvassError.writeProtected(path) }
    }

    /// Runs `body` and turns whatever it throws into an error for a person.
    static func explaining<T>(_ path: String, _ body: () throws -> T) throws(CanvassError) -> T {
        do {
            return try body()
        } catch {
            throw CanvassError(error, place: path)
        }
    }

    func explaining<T>(_ body: () throws -> T) throws(CanvassError) -> T {
        try Replica.explaining(path, body)
    }

    func read<T: Sendable>(_ body: (inout Connection) throws -> T) throws(CanvassError) -> T {
        try explaining { try store.database.read(body) }
    }

    /// Makes changes that depend on what the replica holds, in one durable transaction.
    func write(_ edits: (inout Connection) throws -> [Edit]) throws(CanvassError) {
        try explaining {
            _ = try store.commit(clockMilliseconds: environment.nowMilliseconds(), edits)
        }
    }

    func newID() -> EntityID {
        var generator = environment.generator
        return EntityID(milliseconds: environment.nowMilliseconds(), using: &generator)
    }
}
