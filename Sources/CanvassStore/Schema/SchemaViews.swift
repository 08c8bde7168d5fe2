/// What people query (design, section 3). The views of surveys, `responses_<name>`, are made as surveys come.
package enum SchemaViews {
    static let version1 = """
        CREATE VIEW campaigns AS
        SELECT \(idText(of: "entity.entity")) AS id, json_extract(fields, '$.name') AS name,
            json_extract(fields, '$.goal') AS goal
        FROM entity JOIN term ON term.id = entity.kind WHERE term.text = 'campaign' AND is_alive;
        CREATE VIEW surveys AS
        SELECT \(idText(of: "entity.entity")) AS id, json_extract(fields, '$.name') AS name,
            json_extract(fields, '$.title') AS title, json_extract(fields, '$.version') AS version,
            \(idText(of: "scope.owner")) AS campaign
        FROM entity JOIN term ON term.id = entity.kind JOIN scope ON scope.id = entity.scope
        WHERE term.text = 'survey' AND is_alive;
        CREATE VIEW questions AS
        SELECT \(idText(of: "entity.entity")) AS id, json_extract(fields, '$.survey') AS survey,
            json_extract(fields, '$.name') AS name, json_extract(fields, '$.type') AS type,
            json_extract(fields, '$.label') AS label, json_extract(fields, '$.relevant') AS relevant,
            json_extract(fields, '$."constraint"') AS "constraint", json_extract(fields, '$.place[1]') AS place
        FROM entity JOIN term ON term.id = entity.kind WHERE term.text = 'item' AND is_alive;
        CREATE VIEW conflicts AS
        SELECT \(idText(of: "entity.entity")) AS entity, term.text AS kind, version.field AS field,
            json_extract(fields, '$."' || version.field || '"') AS shown, json_extract(version.value, '$') AS other,
            coalesce(
                (SELECT member.name FROM device JOIN member ON member.id = device.member
                 WHERE device.id = substr(change.head, -16) AND member.campaign IS scope.campaign LIMIT 1),
                (SELECT member.name FROM device JOIN member ON member.id = device.member
                 WHERE device.id = substr(change.head, -16) LIMIT 1)) AS author, version.stamp AS stamp
        FROM version JOIN entity ON entity.id = version.entity JOIN term ON term.id = entity.kind
            JOIN scope ON scope.id = entity.scope
            JOIN change ON change.scope = entity.scope AND change.replica = version.replica
                AND change.sequence = version.sequence AND change."check" = version."check"
        WHERE version.is_conflict AND entity.is_alive AND version.field <> 'place';
        CREATE VIEW changes AS
        SELECT change.position AS position, scope.kind AS scope, \(idText(of: "scope.owner")) AS owner,
            \(idText(of: "replica.replica", byteCount: 8)) AS replica, change.sequence AS sequence,
            \(idText(of: "substr(change.head, -16)")) AS device, length(change.body) AS bytes
        FROM change JOIN scope ON scope.id = change.scope JOIN replica ON replica.id = change.replica;
        """

    /// The merge policies decide alone what is in conflict, and the device says whose value it is.
    static let version2 = """
        DROP VIEW conflicts;
        CREATE VIEW conflicts AS
        SELECT \(idText(of: "entity.entity")) AS entity, term.text AS kind, version.field AS field,
            json_extract(fields, '$."' || version.field || '"') AS shown, json_extract(version.value, '$') AS other,
            coalesce(
                (SELECT member.name FROM device JOIN member ON member.id = device.member
                 WHERE device.id = substr(change.head, -16) AND member.campaign IS scope.campaign LIMIT 1),
                (SELECT member.name FROM device JOIN member ON member.id = device.member
                 WHERE device.id = substr(change.head, -16) LIMIT 1)) AS author,
            \(idText(of: "substr(change.head, -16)")) AS device, version.stamp AS stamp
        FROM version JOIN entity ON entity.id = version.entity JOIN term ON term.id = entity.kind
            JOIN scope ON scope.id = entity.scope
            JOIN change ON change.scope = entity.scope AND change.replica = version.replica
                AND change.sequence = version.sequence AND change."check" = version."check"
        WHERE version.is_conflict AND entity.is_alive;

        """

    /// `void` says why a change has no effect; it is null for all others.
    static let voidChanges = """
        DROP VIEW changes;
        CREATE VIEW changes AS
        SELECT change.position AS position, scope.kind AS scope, \(idText(of: "scope.owner")) AS owner,
            \(idText(of: "replica.replica", byteCount: 8)) AS replica, change.sequence AS sequence,
            \(idText(of: "substr(change.head, -16)")) AS device, length(change.body) AS bytes,
            CASE WHEN change.body IS NULL THEN coalesce(
                (SELECT group_concat(mark.reason, ' ') FROM mark WHERE mark.scope = change.scope
                 AND mark.replica = change.replica AND mark.sequence = change.sequence
                 AND mark."check" = change."check"), 'unmarked') END AS void
        FROM change JOIN scope ON scope.id = change.scope JOIN replica ON replica.id = change.replica;

        """

    /// SQL that writes an id as people see it everywhere, in Crockford's base 32: a character for every five bits, with
    /// zeros before the first bit. SQLite has no such function, and a view that needed one of ours could be read by
    /// nobody else. It is short, since whoever opens the file has every view parsed.
    package static func idText(of column: String, byteCount: Int = 16) -> String {
        let bitCount = 8 * byteCount
        let characterCount = (bitCount + 4) / 5
        // A zero stands before the digits: four bits, of which the first character takes what it lacks.
        let firstBit = 4 - (5 * characterCount - bitCount)
        let lastBit = firstBit + 5 * (characterCount - 1)
        // Five bits lie within two hexadecimal digits.
        let digits = [1, 2].map { "instr('0123456789ABCDEF', substr(digits, bit / 4 + \($0), 1)) - 1" }
        let value = "16 * (\(digits[0])) + \(digits[1]) >> 3 - bit % 4 & 31"
        return """
            (WITH RECURSIVE place(bit) AS (
                VALUES (\(firstBit)) UNION ALL SELECT bit + 5 FROM place WHERE bit < \(lastBit) ORDER BY 1)
            SELECT group_concat(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + (\(value)), 1), '')
            FROM place, (SELECT '0' || hex(\(column)) AS digits))
            """
    }
}
