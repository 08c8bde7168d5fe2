import Canvass
import CanvassCoding
import CanvassCommandLine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The list of rows that an import could not read, as CSV beside the table they came from.
struct RejectsFile {
    let path: String

    private static let header = ["row", "line", "column", "reason"]

    init(_ path: String) { self.path = path }

    /// - Throws: `UserError` where no file can be made beside the table.
    func checkFolder() throws(UserError) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        guard access(folder, W_OK) != 0 else { return }
        throw UserError(
            code: "import.no-rejects", "rejected rows could not be listed in \(path)",
            why: "\(String(cString: strerror(errno))); nothing was imported",
            remedy: "Copy the table to a folder that you may write to, and import it from there.")
    }

    /// Lists what was rejected. An import of the whole table that rejected nothing takes away the list that an earlier
    /// one left.
    func keep(_ outcome: ResponseImportOutcome) throws(UserError) {
        guard outcome.rejected.isEmpty else { return try OutputFile.replace(path, with: table(of: outcome.rejected)) }
        if !outcome.isInterrupted, isOfEarlierImport { unlink(path) }
    }

    private func table(of rejected: [ResponseImportOutcome.Rejection]) -> [UInt8] {
        var writer = CSVWriter()
        writer.row(Self.header)
        for rejection in rejected {
            writer.row([String(rejection.row), String(rejection.line), rejection.column ?? "", rejection.reason])
        }
        return writer.bytes
    }

    /// Whether the file begins as these lists do; somebody else's file of this name stays.
    private var isOfEarlierImport: Bool {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            let bytes = try? InputFile.read(path)
        else { return false }
        return bytes.starts(with: table(of: []))
    }
}
