/// What an interview takes from its device: clock, names and chance. Nothing is read from the system behind its back.
public struct InterviewEnvironment: Sendable {
    /// When the interview began, in milliseconds since 1970-01-01T00:00Z.
    public var startMilliseconds: Int64
    /// The present moment by the device's clock, on the same scale.
    public var nowMilliseconds: Int64
    /// The device's offset from UTC.
    public var offsetMinutes: Int
    public var deviceID: String
    public var username: String
    /// The language that questions are asked in; nil for the form's default.
    public var language: String?
    /// 64 bits of chance for `random()` and `uuid()`.
    public var randomBits: @Sendable () -> UInt64

    public init(
        startMilliseconds: Int64, nowMilliseconds: Int64, offsetMinutes: Int = 0, deviceID: String = "",
        username: String = "", language: String? = nil,
        randomBits: @escaping @Sendable () -> UInt64 = { UInt64.random(in: 0 ... .max) }
    ) {
        self.startMilliseconds = startMilliseconds
        self.nowMilliseconds = nowMilliseconds
        self.offsetMinutes = Swift.min(Swift.max(offsetMinutes, -Moment.offsetLimitMinutes), Moment.offsetLimitMinutes)
        self.deviceID = deviceID
        self.username = username
        self.language = language
        self.randomBits = randomBits
    }

    /// What a metadata item of this name records (https://xlsform.org/en/#metadata); nil for what is not known here.
    func metadata(_ name: String) -> String? {
        let text: String? =
            switch name {
            case "start": Moment.instant(startMilliseconds, offsetMinutes: offsetMinutes)?.text
            case "end": Moment.instant(nowMilliseconds, offsetMinutes: offsetMinutes)?.text
            case "today": Moment.instant(startMilliseconds, offsetMinutes: offsetMinutes)?.date?.text
            case "deviceid": deviceID
            case "username": username
            default: nil
            }
        return text?.isEmpty == true ? nil : text
    }
}
