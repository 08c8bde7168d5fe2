extension LogSchema {
    /// What an operator sees of a scope without a count.
    static let version3 = """
        -- What the scope's segments come to, so that nobody has to count them; bytes: of segment.bytes
        ALTER TABLE scope ADD COLUMN segment_count INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE scope ADD COLUMN change_count INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE scope ADD COLUMN segment_bytes INTEGER NOT NULL DEFAULT 0;
        UPDATE scope SET (segment_count, change_count, segment_bytes) = (
            SELECT count(*), coalesce(sum(last_sequence - first_sequence + 1), 0), coalesce(sum(length(bytes)), 0)
            FROM segment WHERE segment.scope = scope.number);
        """
}
