public import CanvassCoding

/// A survey as its designer wrote it: questions in order, choice lists and settings, in XLSForm's terms
/// (https://xlsform.org/en/ref-table/). A published version of a survey is one immutable form.
public struct Form: Sendable, Hashable {
    /// `form_id`: letters, digits and underscores; names the SQL view `responses_<id>`.
    public var id: String
    public var title: String
    /// The designer's own version text (`version` of the settings sheet), empty where there is none.
    public var version: String
    /// BCP 47 codes or XLSForm language names in the order of the sheet, for example "English (en)".
    public var languages: [String]
    public var defaultLanguage: String?
    /// Questions, groups and their ends flattened in order of asking: a group's children follow it.
    public var items: [Item]
    public var choiceLists: [ChoiceList]

    public init(
        id: String, title: String, version: String = "", languages: [String] = [], defaultLanguage: String? = nil,
        items: [Item] = [], choiceLists: [ChoiceList] = []
    ) {
        self.id = id
        self.title = title
        self.version = version
        self.languages = languages
        self.defaultLanguage = defaultLanguage
        self.items = items
        self.choiceLists = choiceLists
    }
}

/// Text in several languages, in the order of the sheet; language "" is an untranslated column.
public struct LocalizedText: Sendable, Hashable {
    public struct Translation: Sendable, Hashable {
        public var language: String
        public var text: String

        public init(_ language: String, _ text: String) {
            self.language = language
            self.text = text
        }
    }

    public var translations: [Translation]

    public init(_ translations: [Translation] = []) {
        self.translations = translations
    }

    public var isEmpty: Bool { translations.isEmpty }
}

extension Form {
    /// One row of the survey sheet: a question, or a group that holds those whose `parent` it is.
    public struct Item: Sendable, Hashable {
        public var name: String
        public var type: ItemType
        /// The name of the group that holds this item; nil at the top.
        public var parent: String?
        public var label: LocalizedText
        public var hint: LocalizedText
        /// An XPath expression (or "yes"/"true()") that says whether an answer must be given.
        public var required: String?
        public var requiredMessage: LocalizedText
        /// The question is asked only where this expression is true (skip logic).
        public var relevant: String?
        public var constraint: String?
        public var constraintMessage: LocalizedText
        public var calculation: String?
        public var defaultValue: String?
        public var choiceFilter: String?
        public var appearance: String?
        public var readOnly: Bool
        /// `canvass::metric`: "nps", "csat", "ces", "repurchase" or "weight".
        public var metric: String?
        /// `canvass::missing`: codes that mean 'no answer', for example ["0", "6", "Blank"].
        public var missingCodes: [String]
        /// Columns of the sheet that this version does not use, kept so that an export loses nothing.
        public var other: [Value.Member]

        public init(name: String, type: ItemType, parent: String? = nil, label: LocalizedText = LocalizedText()) {
            self.name = name
            self.type = type
            self.parent = parent
            self.label = label
            hint = LocalizedText()
            requiredMessage = LocalizedText()
            constraintMessage = LocalizedText()
            readOnly = false
            missingCodes = []
            other = []
        }
    }

    /// The type of an item. The raw text of an unknown type is kept, and its answers are text.
    public enum ItemType: Sendable, Hashable {
        case text, integer, decimal, date, time, dateTime, geopoint, barcode, acknowledge, note, calculate, hidden
        case range(start: Double, end: Double, step: Double)
        case selectOne(list: String)
        case selectMultiple(list: String)
        case rank(list: String)
        case image, audio, video, file
        /// Filled in by the device, never asked: start, end, today, deviceid, username …
        case metadata(String)
        case group
        case repeatGroup
        case unknown(String)
    }

    public struct ChoiceList: Sendable, Hashable {
        public var name: String
        public var choices: [Choice]

        public init(name: String, choices: [Choice] = []) {
            self.name = name
            self.choices = choices
        }
    }

    public struct Choice: Sendable, Hashable {
        public var name: String
        public var label: LocalizedText
        /// Further columns of the choices sheet, for `choice_filter`.
        public var attributes: [Value.Member]

        public init(name: String, label: LocalizedText = LocalizedText(), attributes: [Value.Member] = []) {
            self.name = name
            self.label = label
            self.attributes = attributes
        }
    }
}
