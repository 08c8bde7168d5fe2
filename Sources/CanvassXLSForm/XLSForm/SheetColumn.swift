/// The columns that one kind of sheet knows. Raw values are the headers of the XLSForm reference
/// (https://xlsform.org/en/ref-table/) in lower case, blanks written as underscores.
protocol SheetColumn: RawRepresentable<String>, Hashable, Sendable {
    /// Other spellings that XLSForm tools accept.
    static var aliases: [String: Self] { get }
    /// Columns that may be there once for each language.
    static var translatable: Set<Self> { get }
}

enum SurveyColumn: String, SheetColumn {
    case type, name, label, hint, required, relevant, constraint, calculation, appearance, parameters, disabled
    case requiredMessage = "required_message"
    case constraintMessage = "constraint_message"
    case defaultValue = "default"
    case choiceFilter = "choice_filter"
    case readOnly = "read_only"
    case metric = "canvass::metric"
    case missing = "canvass::missing"

    static let aliases: [String: SurveyColumn] = [
        "command": .type, "tag": .name, "value": .name, "caption": .label, "relevance": .relevant,
        "calculate": .calculation,
        "readonly": .readOnly, "requiredmsg": .requiredMessage, "jr:requiredmsg": .requiredMessage,
        "constraining_message": .constraintMessage, "constraintmsg": .constraintMessage,
        "jr:constraintmsg": .constraintMessage,
    ]
    static let translatable: Set<SurveyColumn> = [.label, .hint, .requiredMessage, .constraintMessage]
}

enum ChoicesColumn: String, SheetColumn {
    case listName = "list_name"
    case name, label

    static let aliases: [String: ChoicesColumn] = ["value": .name, "caption": .label, "listname": .listName]
    static let translatable: Set<ChoicesColumn> = [.label]
}

enum SettingsColumn: String, SheetColumn {
    case formTitle = "form_title"
    case formID = "form_id"
    case version
    case defaultLanguage = "default_language"
    case allowChoiceDuplicates = "allow_choice_duplicates"

    static let aliases: [String: SettingsColumn] = [
        "title": .formTitle, "set_form_title": .formTitle, "set_form_id": .formID, "id_string": .formID,
    ]
    static let translatable: Set<SettingsColumn> = []
}
