import CanvassSurvey
import Foundation
import TestSupport
import Testing

@testable import CanvassXLSForm

/// A real questionnaire; the expected figures were read from the same file with another reader (openpyxl).
@Suite(.enabled(if: SharedData.isSFO2017Present)) struct SFO2017FormTests {
    private func imported() throws -> XLSFormImport {
        let data = try Data(contentsOf: SharedData.sfo2017.appending(path: "form.xlsx"))
        return try XLSForm.read([UInt8](data), fileName: "form.xlsx")
    }

    @Test func `the settings and languages are those of the file`() throws {
        let form = try imported().form
        #expect(form.id == "sfo2017")
        #expect(form.title == "SFO passenger survey 2017")
        #expect(form.version == "2017.05")
        #expect(form.languages == ["English (en)", "Español (es)", "العربية (ar)"])
        #expect(form.defaultLanguage == "English (en)")
    }

    @Test func `every question is there, in its group`() throws {
        let items = try imported().form.items
        #expect(items.count == 52)
        #expect(items.filter { $0.type == .group }.map(\.name) == ["trip", "ratings", "about"])
        let questions = items.filter { $0.type != .group }
        #expect(questions.count == 49)
        let selects = questions.filter { if case .selectOne = $0.type { true } else { false } }
        #expect(selects.count == 40)
        #expect(questions.count { $0.type == .text } == 6)
        #expect(questions.count { $0.type == .integer } == 2)
        #expect(questions.count { $0.type == .decimal } == 1)
        let inGroups = Dictionary(grouping: questions) { $0.parent ?? "" }.mapValues(\.count)
        #expect(inGroups == ["": 15, "trip": 9, "ratings": 18, "about": 7])
    }

    @Test func `metrics, missing codes and logic are read`() throws {
        let items = try imported().form.items
        let metrics = items.compactMap { item in item.metric.map { "\(item.name) \($0)" } }
        #expect(
            metrics == [
                "Q7ALL csat", "Q13GETRATE ces", "Q14FIND ces", "Q14PASSTHRU ces", "NETPRO nps", "WEIGHT weight",
            ])
        #expect(items.count { !$0.missingCodes.isEmpty } == 34)
        #expect(items.first { $0.name == "Q7ALL" }?.missingCodes == ["0", "6", "Blank"])
        #expect(items.first { $0.name == "Q3PARK" }?.relevant == "${Q3GETTO1} = '1'")
        #expect(items.first { $0.name == "NETPRO" }?.constraint == ". >= 0 and . <= 10")
        #expect(items.count { $0.appearance != nil } == 11)
        #expect(items.count { item in item.label.translations.contains { $0.language == "العربية (ar)" } } == 5)
    }

    @Test func `choices are read and nothing is warned of`() throws {
        let imported = try imported()
        #expect(imported.form.choiceLists.count == 24)
        #expect(imported.form.choiceLists.map(\.choices.count).reduce(0, +) == 154)
        #expect(imported.warnings == [])
    }
}
