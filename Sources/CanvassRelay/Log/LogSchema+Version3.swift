extension LogSchema {
    /// What an operator sees of a scope without a count, and what invites and tokens got in addition.
    static let version3 = """
        -- What the scope's segments come to, so that nobody has to count them; bytes: of segment.bytes
        ALTER TABLE scope ADD COLUMN segment_count INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE scope ADD COLUMN change_count INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE scope ADD COLUMN segment_bytes INTEGER NOT NULL DEFAULT 0;
        UPDATE scope SET (segment_count, change_count, segment_bytes) = (
            SELECT count(*), coalesce(sum(last_sequence - first_sequence + 1), 0), coalesce(sum(length(bytes)), 0)
            FROM segment WHERE segment.scope = scope.number);

        -- language: BCP 47
        ALTER TABLE invite ADD COLUMN language TEXT;

        -- token_hash stays that of the device's first token, on which its seals rest. rotation: how often the token was
        -- replaced; rotated_hash: of the one that is good now, NULL until the device has come for it
        ALTER TABLE device ADD COLUMN rotation INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE device ADD COLUMN rotated_hash BLOB;
        CREATE UNIQUE INDEX device_rotated_hash ON device (rotated_hash) WHERE rotated_hash IS NOT NULL;
        """
}
