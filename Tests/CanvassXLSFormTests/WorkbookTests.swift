import Testing

@testable import CanvassXLSForm

@Suite struct WorkbookTests {
    @Test func `sheets come in the order of the tabs`() throws {
        #expect(
            try Workbook(bytes: Fixture.bytes("visit.xlsx")).sheetNames == ["Survey", "choices", "settings", "notes"])
        #expect(try Workbook(bytes: Fixture.bytes("aliases.xlsx")).sheetNames == ["SURVEY", "Choices", "settings"])
    }

    @Test func `every kind of cell is read, in prefixed strict XML with places left out`() throws {
        let workbook = try Workbook(bytes: try Fixture.bytes("cells.xlsx"))
        let sheet = try #require(try workbook.sheet(named: "survey"))
        let cell = { (column: Int, value: CellValue) in Sheet.Cell(column: column, value: value) }
        #expect(sheet.rows.map(\.number) == [2, 3, 7])
        #expect(
            sheet.rows[0].cells == [
                cell(2, .text("plain")), cell(4, .text("rich ")), cell(5, .text("a\rb_x_xZZZZ_")),
                cell(27, .text("inline")),
            ])
        #expect(
            sheet.rows[1].cells == [
                cell(1, .number(1)), cell(2, .number(0.1 + 0.2)), cell(3, .number(0.001)), cell(4, .boolean(true)),
                cell(5, .error("#N/A")), cell(6, .text("made")), cell(7, .uncalculated),
            ])
        #expect(
            sheet.rows[2].cells == [
                cell(1, .date("2017-05-03")), cell(2, .date("2017-05-03T14:30:00")), cell(3, .number(42_858)),
                cell(4, .date("12:00:00")), cell(5, .date("2017-05-03")),
            ])
        #expect(sheet.rows[1].cells.map(\.value.text) == ["1", "0.3", "0.001", "TRUE", nil, "made", nil])
        #expect(try workbook.sheet(named: "Survey") == nil)
    }

    @Test(arguments: [
        ("old.xls", "old .xls file", "save it as .xlsx"), ("password.xlsx", "password", "Remove the password"),
        ("page.xlsx", "web page", "save it as .xlsx"), ("text.xlsx", "CSV", "save it as .xlsx"),
        ("xml.xlsx", "XML document", "save it as .xlsx"), ("empty.xlsx", "empty", "again"),
        ("picture.xlsx", "not an .xlsx workbook", "save it as .xlsx"),
        ("open-document.xlsx", ".ods", "save it as .xlsx"),
        ("binary.xlsx", ".xlsb", "save it as .xlsx"), ("other.xlsx", "no workbook", "Choose the .xlsx file"),
    ])
    func `a file that is something else is named as what it is`(file: String, reason: String, remedy: String) throws {
        let bytes = try Fixture.bytes(file)
        let error = #expect(throws: WorkbookError.self) { try Workbook(bytes: bytes) }
        #expect(error?.reason.contains(reason) == true, "\(String(describing: error))")
        #expect(error?.remedy.contains(remedy) == true, "\(String(describing: error))")
    }

    @Test(arguments: [
        ("doctype.xlsx", nil, "document type"), ("deep.xlsx", nil, "nested deeper"), ("bad-crc.xlsx", nil, "CRC-32"),
        ("far-row.xlsx", "A100001", "100000 rows"), ("far-column.xlsx", "ALM1", "1000 columns"),
        ("amplified.xlsx", nil, "bytes of text"), ("lying-size.xlsx", nil, "100"),
    ])
    func `a hostile sheet is refused with its part and cell`(file: String, cell: String?, reason: String) throws {
        let workbook = try Workbook(bytes: try Fixture.bytes(file))
        let error = #expect(throws: WorkbookError.self) { try workbook.sheet(named: "survey") }
        #expect(error?.part == "xl/worksheets/sheet1.xml")
        #expect(error?.cell == cell)
        #expect(error?.reason.contains(reason) == true, "\(String(describing: error))")
    }

    @Test(arguments: [
        "<row r='2'/><row r='2'/>", "<row r='9223372036854775807'/><row/>", "<row r='0'/>", "<row r='x'/>",
        "<row><c r='B1'/><c r='A1'/></row>", "<row r='2'><c r='A3'/></row>", "<row><c t='s'><v>7</v></c></row>",
        "<row><c t='s'><v>-1</v></c></row>", "<row><c t='b'><v>2</v></c></row>", "<row><c t='q'><v>2</v></c></row>",
        "<row><c><v>nan</v></c></row>", "<row><c><v>0x10</v></c></row>", "<row><c><v>1e999</v></c></row>",
        "<row><c><v>1,5</v></c></row>",
    ])
    func `a damaged cell or place is refused`(rows: String) {
        let reader = SheetReader(part: "sheet.xml", sharedStrings: ["a"], styles: CellStyles(), uses1904Dates: false)
        let namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        let text = "<worksheet xmlns='\(namespace)'><sheetData>\(rows)</sheetData></worksheet>"
        #expect(throws: WorkbookError.self) { try reader.rows(Array(text.utf8)) }
    }
}
