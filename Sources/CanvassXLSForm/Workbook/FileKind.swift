import CanvassCoding

/// What a file that should be a workbook is instead, by its first bytes.
enum FileKind {
    /// Nil for a zip file, which may be one.
    static func failure(for bytes: [UInt8]) -> WorkbookError? {
        let saveAs = "Open it in Excel or LibreOffice and save it as .xlsx."
        if bytes.isEmpty { return WorkbookError("The file is empty") }
        // "PK", then a local header or, in an archive without entries, the end record.
        if bytes.starts(with: [0x50, 0x4B]) { return nil }
        // Compound file binary, MS-CFB 2.2. An encrypted workbook is one, with a stream "EncryptedPackage" in UTF-16
        // (MS-OFFCRYPTO 2.3.4.4).
        if bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            let isEncrypted = contains(
                "EncryptedPackage".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, in: bytes)
            return isEncrypted
                ? WorkbookError(
                    "The workbook is protected with a password", remedy: "Remove the password and save it again.")
                : WorkbookError("The file is not an .xlsx workbook: it is an old .xls file", remedy: saveAs)
        }
        let text = String(decoding: bytes.prefix(1_024), as: UTF8.self).lowercased()
        if ["<html", "<!doctype html", "<table"].contains(where: text.contains) {
            return WorkbookError("The file is not an .xlsx workbook: it is a web page", remedy: saveAs)
        }
        if text.contains("<?xml") {
            return WorkbookError("The file is not an .xlsx workbook: it is an XML document", remedy: saveAs)
        }
        let isText = bytes.prefix(1_024).allSatisfy { $0 >= 0x20 || [0x09, 0x0A, 0x0C, 0x0D].contains($0) }
        if isText || bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return WorkbookError("The file is not an .xlsx workbook: it is text, perhaps CSV", remedy: saveAs)
        }
        return WorkbookError("The file is not an .xlsx workbook", remedy: saveAs)
    }

    /// What a zip file without a workbook in it is.
    static func failure(for archive: ZipArchive) -> WorkbookError {
        let names = archive.entries.map(\.name)
        let saveAs = "Open it in the program that made it and save it as .xlsx."
        if names.contains("mimetype"), names.contains("content.xml") {
            return WorkbookError("The file is not an .xlsx workbook: it is an OpenDocument file (.ods)", remedy: saveAs)
        }
        if names.contains("xl/workbook.bin") {
            return WorkbookError("The file is not an .xlsx workbook: it is a binary workbook (.xlsb)", remedy: saveAs)
        }
        if names.contains("word/document.xml") {
            return WorkbookError("The file is not a workbook: it is a text document (.docx)", remedy: saveAs)
        }
        return WorkbookError("The zip file holds no workbook", remedy: "Choose the .xlsx file itself.")
    }

    private static func contains(_ pattern: [UInt8], in bytes: [UInt8]) -> Bool {
        guard let first = pattern.first else { return true }
        return bytes.indices.contains { bytes[$0] == first && bytes[$0...].starts(with: pattern) }
    }
}
