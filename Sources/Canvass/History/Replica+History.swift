import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import CanvassSurvey

extension Replica {
    /// Who changed what in a response, when and on which device; of a deleted response, too.
    ///
    /// For example:
    ///
    ///     for entry in try replica.history(ofResponse: "01JD3Q").entries {
    ///         print(entry.number, entry.author, entry.fields.map(\.field))
    ///     }
    ///
    /// - Parameters:
    ///   - id: the response's id, or how it begins.
    ///   - language: the language of the questions' texts.
    public func history(
        ofResponse id: String, language: String? = nil
    ) throws(CanvassError) -> ResponseHistory {
        try historyAndForm(ofResponse: id, language: language).history
    }

    /// The history, with the form that the response was taken with where that is here.
    private func historyAndForm(
        ofResponse id: String, language: String?
    ) throws(CanvassError) -> (history: ResponseHistory, form: Form?) {
        let key = try responseKey(named: id)
        let (steps, attributions) = try read { connection in
            let steps = try connection.history(of: key.id, kind: .response, in: key.scope)
            return (steps, try connection.attributions(of: steps, in: key.scope, ownReplica: self.id))
        }
        let (survey, form) = try surveyAndForm(of: steps)
        var history = ResponseHistory(
            response: key.id, survey: survey?.name, collector: key.scope.id, entries: [])
        let places = form?.places ?? [:]
        for (index, step) in steps.enumerated() {
            var entry = HistoryEntry(step, number: index + 1, attributions[index]) { field in
                form.flatMap { form in form.item(named: field).map { form.label(of: $0, in: language) } }
            }
            entry.fields.sort { (places[$0.field] ?? -1) < (places[$1.field] ?? -1) }
            history.entries.append(entry)
        }
        return (history, form)
    }

    /// Who put each field of a response as it is shown: first what is no answer, then the answers in the order of asking.
    ///
    /// - Parameter id: the response's id, or how it begins.
    public func blame(
        ofResponse id: String, language: String? = nil
    ) throws(CanvassError) -> [FieldBlame] {
        let (history, form) = try historyAndForm(ofResponse: id, language: language)
        let scope = ScopeID(.responses, history.collector)
        let state = try read { connection in
            try connection.state(of: history.response, kind: .response, in: scope)
        }
        let places = form?.places ?? [:]
        let cells = (state?.cells ?? []).sorted { (places[$0.field] ?? -1) < (places[$1.field] ?? -1) }
        return cells.compactMap { named in
            guard named.element == nil, let winner = named.cell.winner,
                var entry = history.entries.first(where: { $0.dot == winner.dot })
            else { return nil }
            let question = entry.fields.first { $0.field == named.field }?.question
            entry.fields = []
            return FieldBlame(
                field: named.field, question: question, value: winner.value,
                beside: named.cell.conflicting.map(\.value), entry: entry)
        }
    }

    /// The survey of a response and the form that it was taken with, as far as both are here.
    private func surveyAndForm(of steps: [HistoryStep]) throws(CanvassError) -> (Survey?, Form?) {
        let cells = steps.flatMap(\.cells)
        func id(_ field: String) -> EntityID? {
            let text = cells.last { $0.field == field && $0.put != nil }?.put?.value.textValue
            return text.flatMap { try? EntityID(text: $0) }
        }
        guard let surveyID = id(ResponseField.survey), let survey = try surveys().first(where: { $0.id == surveyID })
        else { return (nil, nil) }
        let versionID = id(ResponseField.version)
        guard let version = survey.published.first(where: { $0.id == versionID }) else { return (survey, nil) }
        return (survey, try readableForm(of: version))
    }

    /// Where a response lives, be it deleted or not.
    func responseKey(named id: String) throws(CanvassError) -> ResponseKey {
        let wanted = id.uppercased()
        let keys = try read { connection in try connection.responseKeys() }
        return try only(keys.filter { $0.id.description.hasPrefix(wanted) }, named: id)
    }
}

extension Form {
    /// The place of each question in the order of asking, from 0.
    fileprivate var places: [String: Int] {
        Dictionary(items.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }
}

/// Where a response lives.
struct ResponseKey: Sendable, Hashable {
    let id: EntityID
    let scope: ScopeID
}

/// Who made a change, and when by the relay's clock where that is known.
struct Attribution: Sendable {
    let author: String
    let correctedMilliseconds: Int64?
}

extension Connection {
    /// Every response that was ever written here.
    fileprivate mutating func responseKeys() throws -> [ResponseKey] {
        var statement = try cached(
            """
            SELECT entity.entity, scope.scope FROM entity JOIN scope ON scope.id = entity.scope
            WHERE entity.kind = (SELECT id FROM term WHERE text = 'response') ORDER BY entity.entity
            """)
        defer { statement.reset() }
        var keys: [ResponseKey] = []
        while try statement.step() {
            keys.append(
                ResponseKey(
                    id: try EntityID(bytes: statement.bytes(at: 0)), scope: try ScopeID(bytes: statement.bytes(at: 1))))
        }
        return keys
    }

    fileprivate mutating func attributions(
        of steps: [HistoryStep], in scope: ScopeID, ownReplica: ReplicaID
    ) throws -> [Attribution] {
        let campaign = try campaign(of: scope)
        var result: [Attribution] = []
        for step in steps {
            result.append(
                try attribution(
                    of: step.dot, by: step.author, at: step.stamp, campaign: campaign, ownReplica: ownReplica))
        }
        return result
    }

    /// Who made a change, and when.
    ///
    /// - Parameter stamp: the author's clock when the change was made.
    mutating func attribution(
        of dot: Dot, by author: EntityID, at stamp: Stamp, campaign: EntityID?, ownReplica: ReplicaID
    ) throws -> Attribution {
        let offset = dot.replica == ownReplica ? try clockOffset(at: stamp.milliseconds) : nil
        let corrected = offset.map { stamp.milliseconds.addingReportingOverflow($0) }
        return Attribution(
            author: try name(ofDevice: author, campaign: campaign) ?? "device \(author)",
            correctedMilliseconds: corrected.flatMap { $0.overflow ? nil : $0.partialValue })
    }

    /// The relay's clock minus the device's at the sync nearest to a moment of the device's clock, milliseconds; nil
    /// before the first sync.
    private mutating func clockOffset(at milliseconds: Int64) throws -> Int64? {
        // In doubles: the distance of two moments that a hostile clock showed may not fit an integer.
        var statement = try cached(
            "SELECT offset FROM clock ORDER BY abs(CAST(time AS REAL) - CAST(?1 AS REAL)), position DESC LIMIT 1")
        try statement.bind(milliseconds, at: 1)
        defer { statement.reset() }
        return try statement.step() ? statement.int64(at: 0) : nil
    }
}

extension HistoryEntry {
    fileprivate init(
        _ step: HistoryStep, number: Int, _ attribution: Attribution, question: (String) -> String?
    ) {
        self.init(
            number: number, dot: step.dot, position: step.position, event: Event(step.event),
            author: attribution.author, device: step.author, milliseconds: step.stamp.milliseconds,
            correctedMilliseconds: attribution.correctedMilliseconds,
            fields: step.cells.map { cell in
                FieldChange(
                    field: cell.field, question: question(cell.field), before: cell.replaced.map(\.value),
                    after: cell.put?.value,
                    beside: cell.beside.map(\.value).filter { $0 != cell.put?.value }, isShown: cell.isShown)
            }, unknownOperations: step.unknownOperations)
    }
}
