import Canvass
import CanvassTrials
import CanvassCoding

extension FieldReplica {
    /// Rows in one durable transaction, here and at the anchor.
    static let batchSize = 500

    /// Imports the real responses.
    ///
    /// - Throws: `WrongResult` unless every row of the published file is added.
    func importAll(_ file: [UInt8]) throws {
        try Self.importAll(file, to: survey, of: replica)
    }

    static func importAll(
        _ file: [UInt8], to survey: Survey, of replica: Replica, rows: Int = SurveyData.rowCount,
        batchSize: Int = batchSize
    ) throws {
        var reader = try CSVReader(file)
        let outcome = try replica.importResponses(from: &reader, to: survey, batchSize: batchSize)
        guard outcome.added == rows else { throw WrongResult("\(outcome.added) of \(rows) rows were added") }
    }
}
