/// The names of Office Open XML that reading needs, each in its transitional
/// (ECMA-376 part 4) and strict (part 1) form.
enum OfficeOpenXML {
    static let spreadsheet: Set<String> = [
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main",
    ]
    /// The namespace of `r:id`, and what every relationship type begins with.
    static let relationships = [
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    ]
    static let packageRelationships = "http://schemas.openxmlformats.org/package/2006/relationships"
}

extension XMLElement {
    /// Whether this is SpreadsheetML's element of that name.
    func isSpreadsheet(_ name: String) -> Bool { local == name && OfficeOpenXML.spreadsheet.contains(namespace) }

    /// `r:id`.
    var relationshipID: String? {
        for namespace in OfficeOpenXML.relationships {
            if let id = attribute("id", namespace: namespace) { return id }
        }
        return nil
    }

    /// An xsd:boolean attribute.
    func flag(_ name: String) -> Bool { ["1", "true", "on"].contains(attribute(name) ?? "") }
}
