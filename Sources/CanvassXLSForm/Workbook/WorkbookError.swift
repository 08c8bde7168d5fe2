/// Why a workbook, or a part of it, cannot be read.
package struct WorkbookError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The part of the package, for example "xl/worksheets/sheet1.xml"; nil where it is the file as a whole.
    package let part: String?
    /// The cell, for example "C7".
    package let cell: String?
    package let reason: String
    /// What the person who has the file can do.
    package let remedy: String

    static let damagedRemedy =
        "Copy or download the file again, or open it in Excel or LibreOffice and save it as .xlsx."
    static let splitRemedy = "Move what is not part of the questionnaire to another workbook."

    init(part: String? = nil, cell: String? = nil, _ reason: String, remedy: String = damagedRemedy) {
        self.part = part
        self.cell = cell
        self.reason = reason
        self.remedy = remedy
    }

    package var description: String {
        let place = [part, cell.map { "cell \($0)" }].compactMap { $0 }.joined(separator: ", ")
        return (place.isEmpty ? "" : "\(place): ") + "\(reason). \(remedy)"
    }
}
