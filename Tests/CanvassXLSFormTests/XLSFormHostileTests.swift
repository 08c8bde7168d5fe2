import Testing

@testable import CanvassXLSForm

/// No input may trap: each is read or refused with an error.
@Suite struct XLSFormHostileTests {
    /// True where the form was read. Anything but an `XLSFormError` with a message fails to compile or shows here.
    private func isRead(_ bytes: [UInt8]) -> Bool {
        do {
            _ = try XLSForm.read(bytes, fileName: "hostile.xlsx")
            return true
        } catch {
            #expect(error.issues.first?.message.isEmpty == false)
            return false
        }
    }

    @Test(arguments: ["tiny.xlsx", "cells.xlsx", "descriptors.xlsx"])
    func `a workbook cut off anywhere is refused`(file: String) throws {
        let bytes = try Fixture.bytes(file)
        for count in bytes.indices {
            #expect(!isRead(Array(bytes[..<count])), "cut to \(count) bytes")
        }
    }

    @Test(arguments: ["tiny.xlsx", "stored.xlsx", "descriptors.xlsx"])
    func `a workbook with any bit flipped is read or refused`(file: String) throws {
        var bytes = try Fixture.bytes(file)
        #expect(isRead(bytes))
        var refused = 0
        for index in bytes.indices {
            for bit in 0..<8 {
                bytes[index] ^= 1 << bit
                if !isRead(bytes) { refused += 1 }
                bytes[index] ^= 1 << bit
            }
        }
        // Names, sizes, checksums and data are all checked; only dates, versions and attributes are free.
        #expect(refused > bytes.count * 8 / 2)
    }

    /// Below the checksum, where a flipped bit would reach the XML reader and the sheets.
    @Test func `XML with any byte changed is read or refused`() throws {
        let archive = try ZipArchive(try Fixture.bytes("cells.xlsx"))
        let reader = SheetReader(
            part: "sheet", sharedStrings: ["a", "b", "c"], styles: CellStyles(), uses1904Dates: false)
        var bytes = try #require(try archive.contents(of: "xl/worksheets/sheet1.xml"))
        #expect(try reader.rows(bytes).count == 3)
        var refused = 0
        for index in bytes.indices {
            let original = bytes[index]
            for replacement in [0, UInt8(ascii: "<"), UInt8(ascii: "&"), UInt8(ascii: "9"), UInt8(ascii: "\""), 0xFF] {
                bytes[index] = replacement
                do { _ = try reader.rows(bytes) } catch { refused += 1 }
            }
            bytes[index] = original
        }
        #expect(refused > bytes.count * 3)
    }
}
