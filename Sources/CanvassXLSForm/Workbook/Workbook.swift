import CanvassCoding

/// An .xlsx workbook (ECMA-376 parts 1 and 2, SpreadsheetML): the names of its sheets, and the cells of those
/// asked for.
///
/// For example:
///
///     let workbook = try Workbook(bytes: bytes)
///     let sheet = try workbook.sheet(named: "survey")
package struct Workbook: Sendable {
    /// In the order of the tabs, hidden ones too. Sheets that hold a chart instead of cells are left out.
    package let sheetNames: [String]

    private let archive: ZipArchive
    private let parts: [String: String]
    private let sharedStrings: [String]
    private let styles: CellStyles
    private let uses1904Dates: Bool

    /// Reads what all sheets share; the sheets themselves are read when they are asked for.
    ///
    /// - Throws: `WorkbookError` where the file is no workbook, damaged, or larger than `limits`.
    package init(bytes: [UInt8], limits: ZipArchive.Limits = ZipArchive.Limits()) throws(WorkbookError) {
        if let failure = FileKind.failure(for: bytes) { throw failure }
        let archive = try Self.open(bytes, limits)
        self.archive = archive
        let package = try Self.relationships(of: "", in: archive)
        guard let main = package.first("officeDocument"), main != "xl/workbook.bin",
            let directory = try Self.read(main, in: archive, root: "workbook", Self.readDirectory)
        else { throw FileKind.failure(for: archive) }
        let relationships = try Self.relationships(of: main, in: archive)
        uses1904Dates = directory.uses1904Dates
        var names: [String] = []
        var parts: [String: String] = [:]
        for entry in directory.sheets {
            guard let relationship = relationships.all.first(where: { $0.id == entry.id }) else {
                throw WorkbookError(part: main, "The sheet \(quoted(entry.name)) leads to no part of the file")
            }
            guard relationship.kind == "worksheet" else { continue }
            guard parts.updateValue(relationship.target, forKey: entry.name) == nil else {
                throw WorkbookError(part: main, "The sheet \(quoted(entry.name)) is there twice")
            }
            names.append(entry.name)
        }
        sheetNames = names
        self.parts = parts
        sharedStrings =
            try relationships.first("sharedStrings").flatMap { (part) throws(WorkbookError) in
                try Self.read(part, in: archive, root: "sst", SharedStrings.read)
            } ?? []
        styles =
            try relationships.first("styles").flatMap { (part) throws(WorkbookError) in
                try Self.read(part, in: archive, root: "styleSheet") { (reader) throws(XMLError) in
                    try CellStyles(&reader)
                }
            } ?? CellStyles()
    }

    /// The sheet of that name; nil where there is none.
    ///
    /// - Throws: `WorkbookError` naming the cell that cannot be read.
    package func sheet(named name: String) throws(WorkbookError) -> Sheet? {
        guard let part = parts[name] else { return nil }
        let reader = SheetReader(part: part, sharedStrings: sharedStrings, styles: styles, uses1904Dates: uses1904Dates)
        guard let bytes = try Self.contents(of: part, in: archive) else {
            throw WorkbookError(part: part, "The part of the sheet \(quoted(name)) is missing")
        }
        return Sheet(name: name, rows: try reader.rows(bytes))
    }

    // MARK: Parts

    private static func open(_ bytes: [UInt8], _ limits: ZipArchive.Limits) throws(WorkbookError) -> ZipArchive {
        do { return try ZipArchive(bytes, limits: limits) } catch {
            throw WorkbookError("The file is damaged or unsupported: \(error)")
        }
    }

    private static func contents(of part: String, in archive: ZipArchive) throws(WorkbookError) -> [UInt8]? {
        do { return try archive.contents(of: part) } catch { throw WorkbookError(part: part, "\(error)") }
    }

    /// Reads a part with `body`, called inside its root element; nil where the archive has no such part.
    private static func read<Result>(
        _ part: String, in archive: ZipArchive, root: String, namespaces: Set<String> = OfficeOpenXML.spreadsheet,
        _ body: (inout XMLReader) throws(XMLError) -> Result
    ) throws(WorkbookError) -> Result? {
        guard let bytes = try contents(of: part, in: archive) else { return nil }
        do {
            var reader = try XMLReader(bytes)
            let element = try reader.root()
            guard element.local == root, namespaces.contains(element.namespace) else {
                throw reader.failure("the root element is \(quoted(element.local)) where \"\(root)\" is expected")
            }
            let result = try body(&reader)
            guard try reader.next() == .endOfDocument else { throw reader.failure("the document goes on") }
            return result
        } catch {
            throw WorkbookError(part: part, "\(error)")
        }
    }

    /// The relationships of a part, which lie in a folder beside it (ECMA-376 part 2, 6.5.2).
    private static func relationships(of part: String, in archive: ZipArchive) throws(WorkbookError) -> Relationships {
        let slash = part.lastIndex(of: "/")
        let folder = slash.map { String(part[..<$0]) } ?? ""
        let file = slash.map { String(part[part.index(after: $0)...]) } ?? part
        let name = (folder.isEmpty ? "" : folder + "/") + "_rels/\(file).rels"
        let namespaces: Set = [OfficeOpenXML.packageRelationships]
        return try read(name, in: archive, root: "Relationships", namespaces: namespaces) { (reader) throws(XMLError) in
            try Relationships(&reader, folder: folder)
        } ?? Relationships()
    }

    // MARK: The workbook part

    private struct Directory {
        var sheets: [(name: String, id: String)] = []
        var uses1904Dates = false
    }

    /// `workbookPr` and `sheets` (ECMA-376 part 1, 18.2).
    private static func readDirectory(_ reader: inout XMLReader) throws(XMLError) -> Directory {
        var directory = Directory()
        while let child = try reader.nextChild() {
            if child.isSpreadsheet("sheets") {
                while let sheet = try reader.nextChild() {
                    guard let name = sheet.attribute("name"), let id = sheet.relationshipID else {
                        throw reader.failure("a sheet without a name or an r:id")
                    }
                    directory.sheets.append((name, id))
                    try reader.skip()
                }
                continue
            }
            if child.isSpreadsheet("workbookPr") { directory.uses1904Dates = child.flag("date1904") }
            try reader.skip()
        }
        return directory
    }
}
