/// The relationships of a part of a package: identifiers for other parts (ECMA-376 part 2, 6.5).
struct Relationships {
    struct Relationship {
        let id: String
        /// The type without what all office types begin with: "worksheet", "styles", "sharedStrings" …
        let kind: String
        /// The name of the part it leads to.
        let target: String
    }

    private(set) var all: [Relationship] = []

    init() {}

    /// - Parameter folder: where the part lies that these belong to; targets are relative to it.
    init(_ reader: inout XMLReader, folder: String) throws(XMLError) {
        while let child = try reader.nextChild() {
            if child.namespace == OfficeOpenXML.packageRelationships, child.local == "Relationship",
                child.attribute("TargetMode") != "External", let id = child.attribute("Id"),
                let kind = child.attribute("Type").flatMap(Self.kind), let target = child.attribute("Target")
            {
                all.append(Relationship(id: id, kind: kind, target: Self.resolve(target, in: folder)))
            }
            try reader.skip()
        }
    }

    func first(_ kind: String) -> String? { all.first { $0.kind == kind }?.target }

    private static func kind(of type: String) -> String? {
        for prefix in OfficeOpenXML.relationships where type.hasPrefix(prefix + "/") {
            return String(type.dropFirst(prefix.count + 1))
        }
        return nil
    }

    /// A part's name without its leading "/": dot segments are removed as in RFC 3986, 5.2.4, and lead nowhere above
    /// the root.
    static func resolve(_ target: String, in folder: String) -> String {
        var parts = target.hasPrefix("/") ? [] : folder.split(separator: "/")
        for part in target.split(separator: "/") {
            switch part {
            case ".": continue
            case "..": _ = parts.popLast()
            default: parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }
}
