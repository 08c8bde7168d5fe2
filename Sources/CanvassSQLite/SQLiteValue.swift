/// One value in one of the five storage classes of SQLite (<https://sqlite.org/datatype3.html>).
public enum SQLiteValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}
