import CanvassCommandLine
import CanvassHTTP
import CanvassHTTPServer
import CanvassRelay

/// What `canvass-relay serve` can be told beside where to listen.
enum ServeOptions {
    // Logs

    static let log = Option(
        "log", .choice(of: RelayLog.Level.self), default: .warning,
        "What to write to standard error, as JSON lines; info is a line for each request.")
    static let accessLog = Option(
        "access-log", .path, placeholder: "FILE", "A line for each request, whatever --log says; - is standard error.")
    static let auditLog = Option(
        "audit-log", .path, placeholder: "FILE", "Who joined, pulled, pushed, was revoked; - is standard error.")

    // Backups

    static let backupEvery = Option("backup-every", .duration, "Make and verify a backup so often; needs --backup-to.")
    static let backupTo = Option("backup-to", .path, placeholder: "FOLDER", "Where they go, named by the time.")
    static let backupKeep = Option(
        "backup-keep", .integer(in: 1...100_000), default: 14, "How many of them to keep.")
    static let backupCommand = Option(
        "backup-command", .text, placeholder: "COMMAND",
        "For sh, with the file as $1; a backup counts once this has ended with 0.")

    // Operators

    static let metrics = Option(
        "metrics", .listenAddress, "Answer operators at one more address: /metrics, /readyz, /healthz and nothing else."
    )
    static let metricsToken = Option(
        "metrics-token-file", .path, placeholder: "FILE", "Answer /metrics to whoever sends the token in this file.")
    static let leastFree = Option(
        "least-free", .byteCount, default: 64 << 20, "With less room on the disk /readyz says no.")
    static let campaignQuota = Option(
        "campaign-quota", .byteCount, "What a campaign should take at most; told, never enforced.")

    // Limits

    static let connections = Option("connections", .integer(in: 1...1_000_000), default: 10_000, "Open at one time.")
    static let largestBody = Option("largest-body", .byteCount, default: 16 << 20, "More is refused unread.")
    static let headerTime = Option("header-time", .duration, default: .seconds(10), "To send the head of a request.")
    static let bodyTime = Option(
        "body-time", .duration, default: .seconds(60), "To send its body, beside a second for each 4 KB.")
    static let writeTime = Option(
        "write-time", .duration, default: .seconds(60), "To read an answer, beside a second for each 4 KB.")
    static let idleTime = Option("idle-time", .duration, default: .seconds(120), "Between two requests.")
    static let drainTime = Option(
        "drain-time", .duration, default: .seconds(10), "To finish what is under way at SIGTERM.")

    // Rates

    static let deviceRate = Option(
        "device-rate", .integer(in: 0...RateLimits.mostPerMinute), default: 6_000, placeholder: "N",
        "Requests that a device may make in a minute; 0 for any number.")
    static let strangerRate = Option(
        "stranger-rate", .integer(in: 0...RateLimits.mostPerMinute), default: 60, placeholder: "N",
        "Joins and unknown tokens from one address in a minute, five minutes' worth at once; 0 for any number.")
    static let trustedProxies = Option(
        repeating: "trusted-proxy", .addressRange,
        "A proxy in front of the relay, or a network of them, that says where requests come from.")
    static let proxyHeader = Option(
        "proxy-header", .choice(of: TrustedProxies.Field.self), default: .xForwardedFor,
        "Where a trusted proxy says it.")

    static let all: [any OptionDeclaration] = [
        log, accessLog, auditLog, backupEvery, backupTo, backupKeep, backupCommand, metrics, metricsToken, leastFree,
        campaignQuota, connections, largestBody, headerTime, bodyTime, writeTime, idleTime, drainTime, deviceRate,
        strangerRate,
        trustedProxies, proxyHeader,
    ]

    static func server(_ arguments: ParsedArguments) -> HTTPServerConfiguration {
        HTTPServerConfiguration(
            limits: HTTPLimits(body: Int(clamping: arguments[largestBody])), headerDeadline: arguments[headerTime],
            bodyDeadline: arguments[bodyTime], writeDeadline: arguments[writeTime], idleDeadline: arguments[idleTime],
            drainDeadline: arguments[drainTime], connectionCount: arguments[connections])
    }

    /// - Throws: `RelayFailure` or `UserError` for logs that cannot be written and tokens that cannot be read.
    static func environment(_ arguments: ParsedArguments, operatorPort: UInt16?) throws -> RelayEnvironment {
        var environment = RelayEnvironment.system(log: LogTarget.errors(level: arguments[log]))
        environment.accessLog = try arguments[accessLog].map { try LogTarget.open($0) }
        environment.auditLog = try arguments[auditLog].map { try LogTarget.open($0) }
        environment.limits = RateLimits(
            devicePerMinute: arguments[deviceRate], strangerPerMinute: arguments[strangerRate])
        environment.proxies = TrustedProxies(arguments[trustedProxies], field: arguments[proxyHeader])
        environment.leastFreeBytes = arguments[leastFree]
        environment.operators = OperatorAccess(
            listenerPort: operatorPort, token: try arguments[metricsToken].map { try token(in: $0) })
        return environment
    }

    private static func token(in path: String) throws(UserError) -> String {
        let text = String(decoding: try InputFile.read(path, mostBytes: 64 << 10), as: UTF8.self)
        let token = text.split(whereSeparator: \.isWhitespace)
        guard let only = token.first, token.count == 1, only.utf8.count >= 16 else {
            throw UserError(
                code: "relay.token", "\(path) does not hold one token of 16 characters or more",
                remedy: "Make one with: head -c 16 /dev/urandom | base64 > \(path)")
        }
        return String(only)
    }

    /// - Throws: `UserError` where one of the two that belong together is missing.
    static func backups(_ arguments: ParsedArguments) throws(UserError) -> BackupSchedule.Plan? {
        guard let interval = arguments[backupEvery] else {
            guard arguments[backupTo] == nil, arguments[backupCommand] == nil else {
                throw .usage(
                    "missing-argument", "--backup-every is missing", remedy: "Say how often: --backup-every 1d.")
            }
            return nil
        }
        guard let folder = arguments[backupTo] else {
            throw .usage("missing-argument", "--backup-to is missing", remedy: "Say where backups go.")
        }
        let milliseconds = Int64(clamping: Int128(interval / .milliseconds(1)))
        guard milliseconds >= 1000 else {
            throw .usage("invalid-value", "--backup-every is shorter than a second", remedy: "Give it more time.")
        }
        return BackupSchedule.Plan(
            intervalMilliseconds: milliseconds, folder: folder, keptCount: arguments[backupKeep],
            command: arguments[backupCommand])
    }
}
