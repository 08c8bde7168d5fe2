import CanvassCoding
import CanvassCommandLine

/// `canvass-relay alerts`
enum AlertsCommand {
    /// One rule: when to wake whom.
    private struct Rule {
        let name: String
        let expression: String
        /// How long it has to hold.
        let duration: String
        let severity: String
        let summary: String
        let remedy: String
    }

    static let command = Command(
        "alerts", "Print alert rules for Prometheus.",
        discussion: """
            They watch the backup's age, silent devices, quarantine, clocks, digests, the disk, and whether the relay answers. The \
            limits are those of `canvass-relay status`; change them where they do not fit you.
            """,
        examples: [
            Example("canvass-relay alerts > /etc/prometheus/canvass-relay.yml", "Then name the file under rule_files.")
        ]
    ) { _, output in
        if output.isJSON { output.emit(["rules": .text(text)]) }
        output.print(StyledText(lines: text))
        return .done
    }

    private static let rules = [
        Rule(
            name: "RelayNotReady", expression: "canvass_relay_ready == 0", duration: "5m", severity: "critical",
            summary: "The relay is not ready", remedy: "GET /readyz says why"),
        Rule(
            name: "RelayBackupTooOld",
            expression: "time() - canvass_relay_backup_time_seconds > 172800", duration: "15m", severity: "critical",
            summary: "The last verified backup is older than two days", remedy: "See backup failed in the log"),
        Rule(
            name: "RelayNeverBackedUp",
            expression: "canvass_relay_log_position > 0 unless on (instance, job) canvass_relay_backup_time_seconds",
            duration: "2d", severity: "critical", summary: "The relay has no verified backup",
            remedy: "canvass-relay serve --backup-every 1d --backup-to FOLDER"),
        Rule(
            name: "RelayBackupFailing", expression: "canvass_relay_backup_failing == 1", duration: "1h",
            severity: "warning", summary: "The last scheduled backup failed", remedy: "See backup failed in the log"),
        Rule(
            name: "RelayDiskFillsUp", expression: "canvass_relay_disk_free_bytes < 1073741824", duration: "5m",
            severity: "critical", summary: "Less than 1 GB is free where the database lies", remedy: "Make room"),
        Rule(
            name: "RelayDeviceSilent", expression: "canvass_relay_oldest_silent_device_seconds > 2592000",
            duration: "1h", severity: "info", summary: "A device has not synced for a month",
            remedy: "canvass-relay devices; revoke what is lost"),
        Rule(
            name: "RelayQuarantine", expression: "canvass_relay_quarantined_changes > 0", duration: "0m",
            severity: "warning", summary: "Changes without effect lie in quarantine",
            remedy: "Somebody wrote what they may not, or after they were revoked: see the audit log"),
        Rule(
            name: "RelayClockOff", expression: "canvass_relay_largest_clock_offset_seconds > 600", duration: "1h",
            severity: "info", summary: "A device's clock is off by more than ten minutes",
            remedy: "canvass-relay devices"),
        Rule(
            name: "RelayDigestsDiffer", expression: "increase(canvass_relay_digest_alarms[1h]) > 0", duration: "0m",
            severity: "critical", summary: "Two devices told different digests of one state",
            remedy: "See digests differ in the log, and tell those who make Canvass"),
        Rule(
            name: "RelayCampaignOverQuota",
            expression:
                "canvass_relay_segment_bytes > on (instance, job) group_left () canvass_relay_campaign_quota_bytes",
            duration: "1h", severity: "info", summary: "A campaign takes more room than it should",
            remedy: "canvass-relay status"),
        Rule(
            name: "RelayFails",
            expression:
                "sum by (instance, job) (rate(canvass_relay_requests_total{status=~\"5..\"}[10m])) > 0.05",
            duration: "10m", severity: "critical", summary: "The relay answers requests with faults",
            remedy: "See the log"),
    ]

    /// As YAML wants it: within single quotes, those of the text doubled.
    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }

    private static var text: String {
        "groups:\n  - name: canvass-relay\n    rules:\n"
            + rules.map { rule in
                """
                      - alert: \(rule.name)
                        expr: \(quoted(rule.expression))
                        for: \(rule.duration)
                        labels:
                          severity: \(rule.severity)
                        annotations:
                          summary: \(quoted(rule.summary))
                          description: \(quoted(rule.remedy))

                """
            }.joined()
    }
}
