extension Evaluator {
    /// Functions on dates and times (ODK XForms specification, "date and time").
    func moment(
        _ function: ExpressionFunction, _ first: XPathValue, _ values: [XPathValue], at offset: Int
    ) throws(ExpressionError) -> XPathValue {
        switch function {
        case .today:
            return now?.date.map { .moment(.day($0)) } ?? .empty
        case .now:
            return now.map(XPathValue.moment) ?? .empty
        case .date:
            return moment(first)?.date.map { .moment(.day($0)) } ?? .empty
        case .dateTime:
            return moment(first).flatMap(instant).map(XPathValue.moment) ?? .empty
        case .decimalDateTime:
            return .number(moment(first)?.dayNumber ?? .nan)
        case .decimalTime:
            guard let time = moment(first) ?? Moment(time: first.text) else { return .number(.nan) }
            return .number(Double(time.timeMilliseconds) / Double(Moment.dayMilliseconds))
        default:
            guard let moment = moment(first) ?? Moment(time: first.text) else { return .empty }
            var unknown: Character?
            if let text = moment.formatted(values[1].text, unknown: &unknown) { return .text(text) }
            throw failure(
                "\(function.rawValue)() knows no %\(unknown.map(String.init) ?? ""): "
                    + "write %Y %y %m %n %b %d %e %a %H %h %M %S %3 or %%", at: offset)
        }
    }

    private var now: Moment? { Moment.instant(context.nowMilliseconds, offsetMinutes: context.offsetMinutes) }

    /// A date, a date written out, or a day number; nil for what is none of them.
    private func moment(_ value: XPathValue) -> Moment? {
        switch value {
        case .moment(let moment): return moment
        case .boolean: return nil
        case .text(let text):
            if let moment = Moment(text.trimmedOfSpace, offsetMinutes: context.offsetMinutes) { return moment }
            return moment(.number(XPathValue.number(in: text)))
        case .number(let days):
            if let whole = Int(exactly: days) { return CivilDate(dayNumber: whole).map(Moment.day) }
            guard let local = Int64(exactly: (days * Double(Moment.dayMilliseconds)).rounded()) else { return nil }
            let (milliseconds, overflow) = local.subtractingReportingOverflow(Int64(context.offsetMinutes) * 60_000)
            return overflow ? nil : Moment.instant(milliseconds, offsetMinutes: context.offsetMinutes)
        }
    }

    /// Midnight of a day on the local clock.
    private func instant(_ moment: Moment) -> Moment? {
        guard case .day(let date) = moment else { return moment }
        let local = Int64(date.dayNumber) * Moment.dayMilliseconds
        return Moment.instant(local - Int64(context.offsetMinutes) * 60_000, offsetMinutes: context.offsetMinutes)
    }
}
