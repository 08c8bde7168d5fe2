import CanvassCoding
import CanvassSurvey
import Foundation
import Testing
import TestSupport

/// The passenger survey of the shared data, with the questions of its form that the figures need.
@Suite(.enabled(if: SharedData.isSFO2017Present)) struct PassengerSurveyTests {
    static func codes(_ name: String, _ codes: ClosedRange<Int>) -> Form.ChoiceList {
        Form.ChoiceList(name: name, choices: codes.map { Form.Choice(name: String($0)) })
    }

    static var form: Form {
        func item(_ name: String, _ type: Form.ItemType, _ missing: [String], _ relevant: String? = nil) -> Form.Item {
            FormCheckTests.item(name, type) {
                $0.missingCodes = missing
                $0.relevant = relevant
                if name == "NETPRO" { $0.constraint = ". >= 0 and . <= 10" }
            }
        }
        return Form(
            id: "sfo2017", title: "Passengers",
            items: [
                item("RUNID", .text, []), item("INTDATE", .integer, []),
                item("Q3GETTO1", .selectOne(list: "getto"), ["0"]),
                item("Q3PARK", .selectOne(list: "park"), ["0"], "${Q3GETTO1} = '1'"),
                item("Q7ALL", .selectOne(list: "rating"), ["0", "6", "Blank"]),
                item("Q11TSAPRE", .selectOne(list: "precheck"), ["0"]),
                item("Q12PRECHEKCRATE", .selectOne(list: "rating"), ["0", "6"], "${Q11TSAPRE} = '1'"),
                item("NETPRO", .integer, ["11"]), item("WEIGHT", .decimal, []),
            ],
            choiceLists: [
                codes("getto", 0...18), codes("park", 0...4), codes("rating", 0...6), codes("precheck", 0...4),
            ])
    }

    @Test func `every row is read and one breaks skip logic`() throws {
        let text = try String(contentsOf: SharedData.sfo2017.appending(path: "responses.csv"), encoding: .utf8)
        var rows = Self.rows(of: text)
        let header = rows.removeFirst()
        #expect(rows.count == 2831)
        let table = try ResponseImport(
            interview: Interview(form: Self.form), header: header, environment: InterviewTests.environment)
        #expect(table.missingQuestions == [])
        #expect(table.unknownColumns.count == header.count - Self.form.items.count)
        var identities = try RowIdentities(header: header)
        var answered: [String: Int] = [:]
        var findings: [Finding] = []
        var seen: Set<[UInt8]> = []
        for (number, fields) in rows.enumerated() {
            let row = try table.row(fields).get()
            for member in row.answers.members { answered[member.key, default: 0] += 1 }
            findings += row.findings
            seen.insert(try identities.identity(of: fields, rowNumber: number + 2).get())
        }
        #expect(answered["NETPRO"] == 2746)
        #expect(answered["Q7ALL"] == 2688)
        #expect(findings.map(\.kind) == [.irrelevantAnswered])
        #expect(findings.first?.question == "Q12PRECHEKCRATE")
        #expect(seen.count == 2831)
    }

    /// Enough of RFC 4180 for this file.
    static func rows(of text: String) -> [[String]] {
        var rows: [[String]] = [[]]
        var field: [UInt8] = []
        var isQuoted = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted, UInt8(ascii: "\n") where !isQuoted:
                rows[rows.count - 1].append(String(decoding: field, as: UTF8.self))
                field = []
                if byte == UInt8(ascii: "\n") { rows.append([]) }
            case UInt8(ascii: "\r") where !isQuoted, 0xEF, 0xBB, 0xBF: break
            default: field.append(byte)
            }
        }
        return rows.filter { $0.count > 1 }
    }
}
