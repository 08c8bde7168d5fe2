import CanvassCRDT
import CanvassSQLite

/// All devices and members, to find the one that an operator means.
struct RosterIDs {
    struct Entry {
        let id: EntityID
        /// Of a device: the names of the members that it acts for.
        let name: String
        let isMember: Bool
        let isRevoked: Bool

        fileprivate func text(length: Int) -> String {
            "\(id.description.prefix(length)) (\(isMember ? name : "a device of \(name)"))"
        }
    }

    private var entries: [Entry] = []

    init(_ connection: inout LogConnection) throws {
        var names: [EntityID: [String]] = [:]
        var held = try connection.cached(
            "SELECT device, name FROM device_member JOIN member ON member.id = member ORDER BY member.id")
        while try held.step() { names[try held.id(at: 0), default: []].append(held.text(at: 1)) }
        var statement = try connection.cached(
            """
            SELECT id, name, 1, revoked IS NOT NULL FROM member
            UNION ALL
            SELECT id, '', 0, revoked IS NOT NULL FROM device
            ORDER BY 1
            """)
        while try statement.step() {
            let (id, isMember) = (try statement.id(at: 0), statement.int64(at: 2) != 0)
            entries.append(
                Entry(
                    id: id,
                    name: isMember ? statement.text(at: 1) : names[id, default: []].joined(separator: ", "),
                    isMember: isMember, isRevoked: statement.int64(at: 3) != 0))
        }
    }

    /// The device or member whose id begins with a text.
    ///
    /// - Throws: `RelayFailure` unless exactly one does.
    func only(_ text: String) throws(RelayFailure) -> Entry {
        try only(text, among: entries, called: "device or member", many: "devices and members")
    }

    /// The member, not revoked, whose id begins with a text.
    ///
    /// - Throws: `RelayFailure` unless exactly one's does.
    func onlyMember(_ text: String) throws(RelayFailure) -> Entry {
        try only(text, among: entries.filter { $0.isMember && !$0.isRevoked }, called: "member", many: "members")
    }

    /// The device whose id begins with a text.
    ///
    /// - Throws: `RelayFailure` unless exactly one's does.
    func onlyDevice(_ text: String) throws(RelayFailure) -> Entry {
        try only(text, among: entries.filter { !$0.isMember }, called: "device", many: "devices")
    }

    private func only(
        _ text: String, among entries: [Entry], called one: String, many: String
    ) throws(RelayFailure) -> Entry {
        let prefix = IDPrefix(text)
        let fitting = entries.filter { prefix.fits($0.id) }
        guard let first = fitting.first else {
            throw RelayFailure("there is no \(one) \(text)", remedy: "list them with `canvass-relay devices`")
        }
        guard fitting.count == 1 else {
            let length = ShortID.length(telling: fitting.map(\.id.description))
            let shown = fitting.prefix(5).map { $0.text(length: length) } + (fitting.count > 5 ? ["…"] : [])
            throw RelayFailure(
                "the ids of \(fitting.count) \(many) begin with \(text)",
                remedy: "give more characters: \(shown.joined(separator: ", "))")
        }
        return first
    }
}
