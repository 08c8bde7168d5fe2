import CanvassHTTP
import CanvassHTTPServer
import Synchronization

/// The page of `GET /metrics`.
extension Relay {
    /// Campaigns with figures of their own; what the others take is told in one sum, so that a page stays short.
    private static let listedCampaigns = 50

    /// - Throws: what keeps the database from being read: a scrape that fails is what an operator's alert waits for.
    func metricsPage(in connection: inout LogConnection) throws -> HTTPResponse {
        let isReady = try hindrances(in: &connection).isEmpty
        var page = MetricsText()
        page.gauge("canvass_relay_ready", "Whether /readyz says that the relay serves.", isReady ? 1 : 0)
        page.gauge(
            "canvass_relay_start_time_seconds", "When the process began to serve, seconds since 1970.",
            Double(startMilliseconds) / 1000)
        let counts = metrics.counts
        Self.write(counts, to: &page)
        if let server = metrics.serverCounts { Self.write(server, to: &page) }
        let figures = try figures(in: &connection)
        Self.write(figures, to: &page)
        Self.writeCampaigns(figures, to: &page)
        Self.writeDevices(figures, to: &page)
        Self.write(backups.withLock { $0 }, figures, to: &page)
        page.gauge(
            "process_resident_memory_bytes", "Resident memory of the process.",
            MachineFigures.residentBytes.map(Double.init))
        page.gauge(
            "canvass_relay_processor_seconds", "Processor time that the process has used.",
            MachineFigures.processorSeconds)
        return HTTPResponse(
            status: 200,
            headers: ["Content-Type": "text/plain; version=0.0.4; charset=utf-8", "Cache-Control": "no-store"],
            body: Array(page.text.utf8))
    }

    private static func write(_ counts: RelayMetrics.Counts, to page: inout MetricsText) {
        page.counters(
            "canvass_relay_requests_total", "Requests answered, by address and status.",
            counts.requests.sorted { $0.key < $1.key }.map {
                ([("route", $0.key.route), ("status", "\($0.key.status)")], Double($0.value))
            })
        let routes = counts.durations.keys.sorted()
        page.histograms(
            "canvass_relay_request_duration_seconds",
            "From when a request was taken up to when its answer was ready, the commit included.",
            routes.compactMap { route in counts.durations[route].map { ([("route", route)], $0) } })
        page.counters(
            "canvass_relay_request_body_bytes_total", "Bytes of the bodies of requests.",
            routes.map { ([("route", $0)], Double(counts.receivedBytes[$0] ?? 0)) })
        page.counters(
            "canvass_relay_response_body_bytes_total", "Bytes of the bodies of answers.",
            routes.map { ([("route", $0)], Double(counts.sentBytes[$0] ?? 0)) })
        page.histograms(
            "canvass_relay_commit_requests", "Requests that shared one commit.", [([], counts.commitSizes)])
        page.histograms(
            "canvass_relay_commit_duration_seconds", "Transactions of a turn, from their begin to the disk.",
            [([], counts.commitDurations)])
        page.counter("canvass_relay_commit_failures_total", "Commits that failed.", counts.failedCommits)
        page.counter("canvass_relay_pushed_changes_total", "Changes taken from devices.", counts.pushedChanges)
        page.counter("canvass_relay_pulled_changes_total", "Changes sent to devices.", counts.pulledChanges)
        page.counter("canvass_relay_refused_segments_total", "Pushed segments not taken.", counts.refusedSegments)
    }

    private static func write(_ counts: HTTPServerStatistics.Counts, to page: inout MetricsText) {
        page.gauge("canvass_relay_connections", "Open connections.", Double(counts.openConnections))
        page.gauge("canvass_relay_watchers", "Connections on which changes are announced.", Double(counts.openStreams))
        page.counter(
            "canvass_relay_connections_accepted_total", "Connections accepted.", counts.acceptedConnections)
        page.counter(
            "canvass_relay_accept_pauses_total", "How often accepting paused for want of a place or a descriptor.",
            counts.acceptPauses)
        page.gauge(
            "canvass_relay_incomplete_request_bytes", "Bytes held of requests that are not complete yet.",
            Double(counts.incompleteRequestBytes))
        page.counter("canvass_relay_received_bytes_total", "Bytes received from connections.", counts.receivedBytes)
        page.counter("canvass_relay_sent_bytes_total", "Bytes sent on connections.", counts.sentBytes)
        page.counters(
            "canvass_relay_malformed_requests_total", "Requests refused before they were read whole, by status.",
            counts.refusals.sorted { $0.key < $1.key }.map { ([("status", "\($0.key)")], Double($0.value)) })
    }

    private static func write(_ figures: RelayFigures, to page: inout MetricsText) {
        page.gauge("canvass_relay_log_position", "The end of the log, which counts changes.", Double(figures.position))
        page.gauge(
            "canvass_relay_quarantined_changes", "Changes without effect whose bodies are kept aside.",
            Double(figures.quarantinedCount))
        page.gauge(
            "canvass_relay_digest_alarms", "How often two devices told different digests of one state.",
            Double(figures.digestAlarmCount))
        page.gauge(
            "canvass_relay_recovering", "Whether the roster lacks changes that a device has a seal on.",
            figures.isRecovering ? 1 : 0)
        page.gauge(
            "canvass_relay_disk_free_bytes", "Free where the database lies.", figures.storage.freeBytes.map(Double.init)
        )
        page.gauge("canvass_relay_database_bytes", "The database file.", figures.storage.databaseBytes.map(Double.init))
        page.gauge(
            "canvass_relay_write_ahead_log_bytes", "The write-ahead log beside it.",
            figures.storage.writeAheadLogBytes.map(Double.init))
        page.gauge(
            "canvass_relay_campaign_quota_bytes", "What a campaign should not exceed.",
            figures.quotaBytes.map(Double.init))
    }

    private static func writeCampaigns(_ figures: RelayFigures, to page: inout MetricsText) {
        var listed = Array(figures.campaigns.prefix(listedCampaigns + 1))
        let rest = figures.campaigns.dropFirst(listed.count)
        if let first = rest.first {
            let others = rest.dropFirst().reduce(into: first) { sum, campaign in
                sum.segmentCount += campaign.segmentCount
                sum.changeCount += campaign.changeCount
                sum.byteCount += campaign.byteCount
            }
            listed.append(
                RelayFigures.Campaign(
                    id: "other", name: "", memberCount: 0, scopeCount: 0, segmentCount: others.segmentCount,
                    changeCount: others.changeCount, byteCount: others.byteCount))
        }
        func samples(_ value: (RelayFigures.Campaign) -> Int64) -> [(labels: MetricsText.Labels, value: Double)] {
            listed.map { ([("campaign", $0.id ?? "roster")], Double(value($0))) }
        }
        page.gauges("canvass_relay_segments", "Segments in the log, by campaign.", samples(\.segmentCount))
        page.gauges("canvass_relay_changes", "Changes in the log, by campaign.", samples(\.changeCount))
        page.gauges("canvass_relay_segment_bytes", "Bytes of segments in the log, by campaign.", samples(\.byteCount))
    }

    private static func writeDevices(_ figures: RelayFigures, to page: inout MetricsText) {
        page.gauges(
            "canvass_relay_devices", "Enrolled devices.",
            [
                ([("state", "active")], Double(figures.activeDeviceCount)),
                ([("state", "revoked")], Double(figures.revokedDeviceCount)),
            ])
        page.gauge(
            "canvass_relay_oldest_silent_device_seconds",
            "How long ago the active device that has been silent for the longest time synced, or joined.",
            figures.oldestSync.map { Double(max(0, figures.now - $0)) / 1000 })
        page.gauge(
            "canvass_relay_largest_clock_offset_seconds", "The most that an active device's clock is off.",
            Double(figures.largestClockOffset) / 1000)
        page.gauge(
            "canvass_relay_erasure_awaited_devices", "Devices that may still hold what was erased.",
            Double(figures.awaitedCount))
    }

    private static func write(_ record: BackupRecord, _ figures: RelayFigures, to page: inout MetricsText) {
        page.gauge(
            "canvass_relay_backup_position", "The end of the last verified backup.",
            figures.backup.map { Double($0.position) })
        page.gauge(
            "canvass_relay_backup_time_seconds", "When it was made, seconds since 1970.",
            figures.backup?.time.map { Double($0) / 1000 })
        page.gauge(
            "canvass_relay_backup_pending_changes", "Changes that no verified backup holds.",
            Double(figures.position - (figures.backup?.position ?? 0)))
        page.counter("canvass_relay_backups_total", "Scheduled backups that count.", record.madeCount)
        page.counter("canvass_relay_backup_failures_total", "Scheduled backups that failed.", record.failedCount)
        page.gauge(
            "canvass_relay_backup_failing", "Whether the last scheduled backup failed.", record.failure == nil ? 0 : 1)
        page.gauge("canvass_relay_backup_duration_seconds", "How long the last one took.", record.seconds)
    }
}
