public import CanvassSQLite
import CanvassStore

extension Replica {
    /// Runs one SQL query on the replica; the views `responses_<survey>`, `campaigns`, `surveys`, `questions`,
    /// `conflicts` and `changes` are made for it.
    ///
    /// The connection can only read, whatever the statement says.
    ///
    /// - Parameter rowLimit: the most rows to return; the result says whether there were more.
    public func query(_ sql: String, rowLimit: Int = .max) throws(CanvassError) -> QueryResult {
        do {
            return try store.database.query(sql, maximumRowCount: rowLimit)
        } catch let error as SQLiteError where !error.isBusy {
            throw CanvassError(
                .queryFailed, "The query failed: \(error.message)",
                remedy:
                    "One SELECT at a time; 'canvass query \"SELECT name FROM sqlite_schema WHERE type = 'view'\"' lists what there is."
            )
        } catch {
            throw CanvassError(error, place: path)
        }
    }
}
