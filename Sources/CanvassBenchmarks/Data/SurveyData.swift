import CanvassCommandLine
import CanvassSurvey
import CanvassXLSForm
import Foundation

/// The responses of a real survey with their form: never part of the project, read where they are present.
struct SurveyData: Sendable {
    let folder: URL

    private static let formName = "form.xlsx"
    private static let responsesName = "responses.csv"
    /// Beside the checkout.
    private static let defaultPath = "shared/data/sfo-2017"

    /// The rows of the published file: every import adds as many, every report counts as many.
    static let rowCount = 2_831

    /// - Parameter path: a folder that was named; nil looks beside the checkout that this executable was built in, and
    ///   beside the working folder.
    /// - Returns: nil where the files are not there.
    static func find(_ path: String?) -> SurveyData? {
        let candidates = path.map { [URL(filePath: $0)] } ?? defaultFolders
        return candidates.first(where: isComplete).map(SurveyData.init)
    }

    func form() throws -> Form {
        let bytes = try [UInt8](Data(contentsOf: folder.appending(path: Self.formName)))
        return try XLSForm.read(bytes, fileName: Self.formName).form
    }

    func responses() throws -> [UInt8] {
        try [UInt8](Data(contentsOf: folder.appending(path: Self.responsesName)))
    }

    private static var defaultFolders: [URL] {
        let folders = [URL(filePath: FileManager.default.currentDirectoryPath), Checkout.folder].compactMap(\.self)
        return folders.map { $0.deletingLastPathComponent().appending(path: defaultPath) }
    }

    private static func isComplete(_ folder: URL) -> Bool {
        [formName, responsesName].allSatisfy { exists(folder.appending(path: $0)) }
    }

    private static func exists(_ file: URL) -> Bool { FileManager.default.fileExists(atPath: file.path) }
}
