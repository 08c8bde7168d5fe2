import CanvassCoding
import Testing

@testable import CanvassXLSForm

@Suite struct ZipArchiveTests {
    @Test(arguments: ["tiny.xlsx", "stored.xlsx", "descriptors.xlsx", "comment.xlsx"])
    func `an entry gives its bytes back however it is stored`(file: String) throws {
        let archive = try ZipArchive(try Fixture.bytes(file))
        #expect(archive.entries.map(\.name).contains("xl/worksheets/sheet1.xml"))
        let sheet = try #require(try archive.contents(of: "xl/worksheets/sheet1.xml"))
        #expect(String(decoding: sheet, as: UTF8.self).hasPrefix("<worksheet"))
        #expect(try archive.contents(of: "xl/none.xml") == nil)
    }

    @Test(arguments: [
        ("encrypted.xlsx", "is encrypted"), ("method.xlsx", "method 12"), ("zip64.xlsx", "zip64"),
        ("local-name.xlsx", "disagrees"), ("overlap.xlsx", "overlap"), ("duplicate.xlsx", "is there twice"),
        ("parent.xlsx", "not a plain relative path"), ("absolute.xlsx", "not a plain relative path"),
        ("backslash.xlsx", "not a plain relative path"), ("symlink.xlsx", "symbolic link"),
        ("large-entry.xlsx", "larger than the 33554432"), ("large-total.xlsx", "larger than the 67108864"),
        ("many-entries.xlsx", "2000 entries"), ("empty.xlsx", "too short"), ("text.xlsx", "end record is missing"),
    ])
    func `an archive that could be read in two ways or asks for too much is refused`(
        file: String, reason: String
    ) throws {
        let bytes = try Fixture.bytes(file)
        let error = #expect(throws: CodingError.self) { try ZipArchive(bytes) }
        #expect(error?.format == "zip")
        #expect(error?.reason.contains(reason) == true, "\(String(describing: error))")
    }

    @Test(arguments: [
        ("bad-crc.xlsx", "xl/worksheets/sheet1.xml", "CRC-32"), ("lying-size.xlsx", "xl/worksheets/sheet1.xml", "100"),
        ("bomb.xlsx", "xl/sharedStrings.xml", "100"),
    ])
    func `an entry that is not what the directory says is refused`(
        file: String, entry: String, reason: String
    ) throws {
        let archive = try ZipArchive(try Fixture.bytes(file))
        let error = #expect(throws: CodingError.self) { try archive.contents(of: entry) }
        #expect(error?.reason.contains(reason) == true, "\(String(describing: error))")
    }

    @Test func `limits hold at their edge`() throws {
        let bytes = try Fixture.bytes("tiny.xlsx")
        let archive = try ZipArchive(bytes)
        let sizes = archive.entries.map(\.size)
        let largest = try #require(sizes.max())
        let total = sizes.reduce(0, +)
        _ = try ZipArchive(bytes, limits: .init(entries: 4, entryBytes: largest, totalBytes: total))
        for limits in [
            ZipArchive.Limits(entries: 3), ZipArchive.Limits(entryBytes: largest - 1),
            ZipArchive.Limits(totalBytes: total - 1),
        ] {
            #expect(throws: CodingError.self) { try ZipArchive(bytes, limits: limits) }
        }
    }

    @Test func `bytes after the end record are refused`() throws {
        let bytes = try Fixture.bytes("tiny.xlsx") + [0]
        #expect(throws: CodingError.self) { try ZipArchive(bytes) }
    }
}
