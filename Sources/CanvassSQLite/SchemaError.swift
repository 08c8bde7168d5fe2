/// A sound database that this program must not touch as it is.
public enum SchemaError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Made by a newer version of the program.
    case newer(found: Int32, known: Int32)
    /// Made by an older version, and opened read-only, so that it cannot be brought up to date.
    case older(found: Int32, known: Int32)
    /// Made by another program; `applicationID` is the number in its header (0: it has none).
    case foreign(applicationID: Int32)
    /// Holds a trigger, which this program never makes: whoever wrote it would have every write do more than it says.
    case altered(trigger: String)

    public var description: String {
        switch self {
        case .newer(let found, let known):
            "the database has schema version \(found), this program knows up to \(known); update the program"
        case .older(let found, let known):
            "the database has schema version \(found), this program needs \(known); open it once for writing"
        case .foreign(let applicationID):
            "the database belongs to another program (application id \(applicationID))"
        case .altered(let trigger):
            "somebody put a trigger into the database (\(trigger)); this program makes none"
        }
    }
}
