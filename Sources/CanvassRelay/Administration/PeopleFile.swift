import CanvassCoding

/// A person of a list, as its row says.
package struct InvitedPerson: Hashable, Sendable {
    /// Of the file, from 1.
    package var line: Int
    package var name: String
    package var roles: [String]
    package var team: String?
    package var campaign: String?
    /// BCP 47.
    package var language: String?
}

/// A row, or a field of one, that stops a list from being used.
package struct PeopleProblem: Hashable, Sendable, CustomStringConvertible {
    package let line: Int
    package let column: String?
    package let what: String

    package var description: String {
        "line \(line)\(column.map { ", column \($0)" } ?? ""): \(what)"
    }
}

/// A list that cannot be used, with all that is wrong with it.
package struct PeopleProblems: Error, Hashable, Sendable {
    package let problems: [PeopleProblem]
}

/// A CSV file with a person a row: the columns name, role, team, campaign and language, in any order, of which name alone has
/// to be there. What is empty falls back on what was said for all.
package struct PeopleFile: Sendable {
    package let people: [InvitedPerson]

    private enum Column: String, CaseIterable {
        case name, role, team, campaign, language
    }

    /// Far beyond any team, and what a relay can store at once.
    private static let mostPeople = 5_000
    private static let mostNameCharacters = 200

    /// - Parameter common: what holds where a row says nothing.
    /// - Throws: `PeopleProblems` with everything that can be told without the relay; `CodingError` for what is no CSV file.
    package init(_ bytes: [UInt8], common: InviteOrder) throws {
        let reader = try CSVReader(bytes)
        let columns = try PeopleFile.columns(of: reader.header)
        var people: [InvitedPerson] = []
        var problems: [PeopleProblem] = []
        var lines: [String: Int] = [:]
        for row in reader {
            let fields: [String]
            switch row.result {
            case .success(let success): fields = success
            case .failure(let error):
                problems.append(PeopleProblem(line: error.line, column: nil, what: error.reason.description))
                continue
            }
            func field(_ column: Column) -> String? {
                columns[column].map { PeopleFile.trimmed(fields[$0]) }.flatMap { $0.isEmpty ? nil : $0 }
            }
            // A line of delimiters alone, as spreadsheets leave them.
            if fields.allSatisfy({ PeopleFile.trimmed($0).isEmpty }) { continue }
            let person = InvitedPerson(
                line: row.line, name: field(.name) ?? "",
                roles: field(.role).map(PeopleFile.words) ?? common.roles, team: field(.team) ?? common.team,
                campaign: field(.campaign) ?? common.campaign, language: field(.language))
            problems += PeopleFile.problems(of: person)
            let key = "\(person.campaign ?? "")\u{0}\(person.name)"
            if let first = lines[key], !person.name.isEmpty {
                problems.append(
                    PeopleProblem(
                        line: row.line, column: Column.name.rawValue,
                        what:
                            "\(person.name) stands in line \(first) already; write the two so that they can be told apart"
                    ))
            }
            lines[key] = lines[key] ?? row.line
            people.append(person)
        }
        if people.count > PeopleFile.mostPeople {
            let line = people[PeopleFile.mostPeople].line
            problems.append(
                PeopleProblem(
                    line: line, column: nil, what: "more than \(PeopleFile.mostPeople) people; split the file"))
        }
        if people.isEmpty, problems.isEmpty {
            problems.append(PeopleProblem(line: 1, column: nil, what: "there is nobody below the header"))
        }
        guard problems.isEmpty else { throw PeopleProblems(problems: problems) }
        self.people = people
    }

    private static func columns(of header: [String]) throws(PeopleProblems) -> [Column: Int] {
        var columns: [Column: Int] = [:]
        var problems: [PeopleProblem] = []
        let known = Column.allCases.map(\.rawValue).joined(separator: ", ")
        for (index, title) in header.enumerated() {
            let title = trimmed(title)
            // What a spreadsheet leaves to the right of the table.
            if title.isEmpty { continue }
            guard let column = Column(rawValue: title.lowercased()) else {
                problems.append(
                    PeopleProblem(line: 1, column: title, what: "no column of that name is known; there are \(known)"))
                continue
            }
            if columns.updateValue(index, forKey: column) != nil {
                problems.append(PeopleProblem(line: 1, column: title, what: "the column stands twice"))
            }
        }
        if columns[.name] == nil {
            problems.append(PeopleProblem(line: 1, column: nil, what: "there is no column name; there may be \(known)"))
        }
        guard problems.isEmpty else { throw PeopleProblems(problems: problems) }
        return columns
    }

    private static func problems(of person: InvitedPerson) -> [PeopleProblem] {
        var problems: [PeopleProblem] = []
        func add(_ column: Column, _ what: String) {
            problems.append(PeopleProblem(line: person.line, column: column.rawValue, what: what))
        }
        if person.name.isEmpty { add(.name, "it is empty") }
        if person.name.count > mostNameCharacters { add(.name, "it is longer than \(mostNameCharacters) characters") }
        if person.name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            add(.name, "it holds a line break or another control character")
        }
        if let language = person.language, !isLanguageTag(language) {
            add(.language, "\(language) is no language code; write one such as en, ar or pt-BR")
        }
        return problems
    }

    /// The form of BCP 47: letters and digits in parts of one to eight, the first of two or three letters.
    private static func isLanguageTag(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first, (2...3).contains(first.count), first.allSatisfy({ $0.isASCII && $0.isLetter })
        else {
            return false
        }
        return parts.dropFirst().allSatisfy { part in
            (1...8).contains(part.count) && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        }
    }

    private static func words(_ text: String) -> [String] {
        text.split { $0 == "," || $0 == ";" || $0.isWhitespace }.map { $0.lowercased() }
    }

    private static func trimmed(_ text: String) -> String {
        let start = text.drop { $0.isWhitespace }
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}
