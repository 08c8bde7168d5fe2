import Testing

@testable import CanvassXLSForm

@Suite struct NumberTextTests {
    @Test(
        arguments: [
            (1.0, "1"), (0, "0"), (-0.0, "0"), (-2.5, "-2.5"), (0.1 + 0.2, "0.3"), (1e15, "1000000000000000"),
            (123_456_789_012, "123456789012"), (12_345_678_901_234_568, "12345678901234600"),
            (9.999_999_999_999_999, "10"),
            (0.999_999_999_999_999_9, "1"), (1e20, "100000000000000000000"), (1e21, "1E+21"), (1.5e300, "1.5E+300"),
            (0.001, "0.001"), (1e-9, "0.000000001"), (1.25e-10, "1.25E-10"), (Double.leastNonzeroMagnitude, "5E-324"),
            (1.0 / 3, "0.333333333333333"),
            (2.0 / 3, "0.666666666666667"), (2024.1, "2024.1"),
        ] as [(Double, String)])
    func `a number is written as a spreadsheet shows it`(number: Double, text: String) {
        #expect(NumberText.text(of: number) == text)
    }
}

@Suite struct SerialDateTests {
    @Test(
        arguments: [
            (1.0, "1900-01-01"), (59, "1900-02-28"), (61, "1900-03-01"), (25_569, "1970-01-01"), (42_858, "2017-05-03"),
            (45_351, "2024-02-29"), (2_958_465, "9999-12-31"), (42_858.604166666664, "2017-05-03T14:30:00"),
            (0.5, "12:00:00"),
            (0, "00:00:00"), (42_857.999_999_9, "2017-05-03"),
        ] as [(Double, String)])
    func `a serial of the 1900 system is a date`(serial: Double, text: String) {
        #expect(SerialDate.text(of: serial, uses1904: false) == text)
    }

    @Test(arguments: [(1.0, "1904-01-02"), (24_107, "1970-01-01"), (2_957_003, "9999-12-31")] as [(Double, String)])
    func `a serial of the 1904 system is a date`(serial: Double, text: String) {
        #expect(SerialDate.text(of: serial, uses1904: true) == text)
    }

    @Test(arguments: [-1.0, 2_958_466, 1e300, .infinity, .nan])
    func `what no spreadsheet shows as a date is none`(serial: Double) {
        #expect(SerialDate.text(of: serial, uses1904: false) == nil)
    }
}

@Suite struct CellReferenceTests {
    @Test(arguments: [("A1", 1, 1), ("C7", 7, 3), ("Z10", 10, 26), ("AA2", 2, 27), ("XFD1048576", 1_048_576, 16_384)])
    func `a reference names a row and a column`(text: String, row: Int, column: Int) {
        let reference = CellReference(text)
        #expect(reference == CellReference(row: row, column: column))
        #expect(reference?.description == text)
    }

    @Test(arguments: [
        "", "A", "1", "a1", "A0", "A01", "A1B", "$A$1", "XFE1", "A1048577", "A99999999999999999999", "Ä1",
    ])
    func `what is no reference is none`(text: String) {
        #expect(CellReference(text) == nil)
    }
}

@Suite struct CellStylesTests {
    @Test(arguments: [
        "yyyy-mm-dd", "d/m/yy h:mm", "[h]:mm:ss", "[ss]", "[$-409]d\\-mmm\\-yy;@", "[Red]d mmm", "hh:mm AM/PM",
        "\"on \"d",
    ])
    func `a format with a part of a date shows one`(code: String) {
        #expect(CellStyles.isDateFormat(code))
    }

    @Test(arguments: [
        "General", "0.00", "0 \"days\"", "0\\d", "[Red]0", "#,##0_d", "[$USD-409]0", "0;yy", "@", "0.0E+00", "*d0",
        "\"open", "[",
    ])
    func `a format without one does not`(code: String) {
        #expect(!CellStyles.isDateFormat(code))
    }
}

@Suite struct RelationshipsTests {
    @Test(arguments: [
        ("worksheets/a.xml", "xl", "xl/worksheets/a.xml"), ("/xl/a.xml", "xl", "xl/a.xml"),
        ("../a.xml", "xl/b", "xl/a.xml"),
        ("../../../a.xml", "xl", "a.xml"), ("./a.xml", "", "a.xml"),
    ])
    func `a target is resolved and stays below the root`(target: String, folder: String, part: String) {
        #expect(Relationships.resolve(target, in: folder) == part)
    }
}
