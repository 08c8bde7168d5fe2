import CanvassCRDT
public import CanvassCoding
import CanvassSQLite
import CanvassStore
public import CanvassSurvey

/// What came of answers that were handed in.
public enum Recording: Sendable, Hashable {
    case recorded(Response)
    /// The answers break the form's rules; nothing was written.
    case refused([Finding])
}

extension Replica {
    /// Records one response, checked as an interview checks it: what skip logic hides is dropped, calculations and what
    /// the device fills in are added, and nothing is written while a rule is broken.
    ///
    /// - Parameters:
    ///   - answers: by question name; see `Answers` for the value of each type.
    ///   - language: the language that the interview was held in.
    public func record(
        _ answers: Answers, to survey: Survey, language: String? = nil
    ) throws(CanvassError) -> Recording {
        let version = try latestVersion(of: survey)
        let interview = try interview(of: version)
        let environment = try interviewEnvironment(language: language)
        let findings = interview.findings(answers, environment: environment)
        guard findings.isEmpty else { return .refused(findings) }
        let scope = try ownResponsesScope(for: survey)
        let response = Response(
            id: newID(), survey: survey.id, version: version.id, collector: scope.id, language: language,
            finishedMilliseconds: self.environment.nowMilliseconds(),
            answers: interview.finalise(answers, environment: environment), findings: [])
        try write { connection in
            try connection.requireWrite(to: scope, what: "responses")
            return [Edit(scope: scope, edits: [response.creation])]
        }
        return .recorded(response)
    }

    /// Changes answers of a response that is there already; an answer set to null is taken away, and of several changes
    /// to one question the last counts.
    ///
    /// Each answer that is set must be one to its question; a broken constraint or skip rule is refused unless
    /// `allowsFindings`. An answer that somebody else changed since `response` was read stays beside the new one, as a
    /// conflict: it was never shown to whoever made this edit. Calculations that the edit changes are worked out again.
    public func edit(
        _ response: Response, setting changes: [Value.Member], allowsFindings: Bool = false
    ) throws(CanvassError) -> Recording {
        try edit(response, setting: changes, allowsFindings: allowsFindings, replacing: nil)
    }

    /// The version that a response was taken with; nil where it is not here.
    func version(of response: Response) throws(CanvassError) -> PublishedVersion? {
        try surveys().flatMap(\.published).first { $0.id == response.version }
    }

    /// - Parameter decided: for an edit that settles a conflict, the versions of the one answer that it sets. Then
    ///   calculations in conflict are settled with it, for nobody else can: they follow from the answers.
    func edit(
        _ response: Response, setting changes: [Value.Member], allowsFindings: Bool, replacing decided: [Dot]?
    ) throws(CanvassError) -> Recording {
        guard let version = try version(of: response) else {
            throw CanvassError(
                .notFound, "The version of the survey that \(response.id) was taken with is not here",
                remedy: "Sync first.")
        }
        let interview = try interview(of: version)
        var edited = response
        for change in changes {
            edited.answers[change.key] = try interview.form.answer(change.value, to: change.key)
        }
        var names = Set(changes.map(\.key))
        let environment = try interviewEnvironment(language: response.language)
        let findings = interview.findings(edited.answers, environment: environment)
        let ofChanges = findings.filter { names.contains($0.question) }
        if !ofChanges.isEmpty, !allowsFindings { return .refused(ofChanges) }
        for change in interview.recalculated(from: response.answers, to: edited.answers, environment)
        where names.insert(change.key).inserted {
            edited.answers[change.key] = change.value
        }
        edited.findings = response.findings(
            after: findings, before: interview.findings(response.answers, environment: environment), edited: names)
        let scope = response.scope
        let chosen = Set(changes.map(\.key))
        let calculated = decided == nil ? Answers() : interview.finalise(edited.answers, environment: environment)
        try write { connection in
            try connection.requireWrite(to: scope, what: "this response")
            // It would be written, and have no effect.
            guard try !connection.isErased(response.id, in: scope) else { throw CanvassError(erased: response.id) }
            let current = try connection.state(of: response.id, kind: .response, in: scope)
            var operations = names.sorted().map { name in
                Operation(
                    edited.answers[name].map { .put($0) } ?? .clear, field: name,
                    replaced: chosen.contains(name) && decided != nil
                        ? decided : replaced(by: response.answers[name], in: current?.cell(name)))
            }
            if decided != nil {
                operations += interview.form.settlements(ofCalculationsIn: current, by: calculated, except: names)
            }
            guard !operations.isEmpty else { return [] }
            if edited.findings != response.findings {
                let value = edited.findings.isEmpty ? nil : Value.list(edited.findings.map(Value.text))
                operations.append(Operation(value.map { .put($0) } ?? .clear, field: ResponseField.findings))
            }
            return [
                Edit(
                    scope: scope,
                    edits: [
                        EntityEdit(kind: EntityKind.response.rawValue, entity: response.id, operations: operations)
                    ])
            ]
        }
        return .recorded(try self.response(named: response.id.description))
    }

    /// The versions that an edit replaces whose author was shown one value: nil, which means all, unless another replica
    /// has changed it since.
    private func replaced(by shown: Value?, in cell: Cell?) -> [Dot]? {
        if cell?.winner?.value == shown { return nil }
        return (cell?.versions ?? []).filter { $0.value == shown || $0.dot.replica == id }.map(\.dot)
    }

    /// The scope that this device's responses to a survey go to.
    func ownResponsesScope(for survey: Survey) throws(CanvassError) -> ScopeID {
        try read { connection in try connection.ownResponsesScope(of: survey.campaign) }
    }

    func interviewEnvironment(language: String? = nil) throws(CanvassError) -> InterviewEnvironment {
        let now = environment.nowMilliseconds()
        return InterviewEnvironment(
            startMilliseconds: now, nowMilliseconds: now, offsetMinutes: environment.timeZoneOffsetMinutes(),
            deviceID: device.description,
            username: try read { connection in try connection.ownMembers().first?.name ?? "" },
            language: language, randomBits: environment.random)
    }
}

extension Response {
    /// The findings that the response carries once it was edited: those that the edit mended go, those that it made come,
    /// and what only an import could see stays until its question is edited.
    fileprivate func findings(after: [Finding], before: [Finding], edited: Set<String>) -> [String] {
        let present = after.map(\.text)
        let mended = Set(before.map(\.text)).subtracting(present)
        let kept = findings.filter { finding in
            let isOfEdited = edited.contains { finding.hasPrefix("\($0): ") }
            return !mended.contains(finding) && (!isOfEdited || present.contains(finding))
        }
        return kept + present.filter { !kept.contains($0) }
    }
}

extension Finding {
    /// The finding as a response carries it.
    var text: String { "\(question): \(message)" }
}

extension Interview {
    /// The calculations that come out differently once answers were changed; null where there is no value any more.
    ///
    /// Both are worked out at one moment with one draw of chance, so that neither `now()` nor `random()` makes a
    /// difference, and an imported value that no calculation here gave stays unless what it depends on changed.
    fileprivate func recalculated(
        from before: Answers, to after: Answers, _ environment: InterviewEnvironment
    ) -> [Value.Member] {
        var environment = environment
        let bits = environment.randomBits()
        environment.randomBits = { bits }
        let old = finalise(before, environment: environment)
        let new = finalise(after, environment: environment)
        return form.items.compactMap { item in
            guard item.calculation != nil, old[item.name] != new[item.name] else { return nil }
            return Value.Member(item.name, new[item.name] ?? .null)
        }
    }
}

extension Form {
    /// Puts the value that answers give in the place of the versions of each calculation that are in conflict.
    fileprivate func settlements(
        ofCalculationsIn state: EntityState?, by answers: Answers, except names: Set<String>
    ) -> [Operation] {
        (state?.cells ?? []).compactMap { named in
            guard let item = item(named: named.field), item.calculation != nil, !names.contains(named.field),
                state?.conflicts(in: named).isEmpty == false
            else { return nil }
            return Operation(answers[named.field].map { .put($0) } ?? .clear, field: named.field)
        }
    }

    /// Reads a value as the answer to a question; nil for none.
    func answer(_ value: Value, to question: String) throws(CanvassError) -> Value? {
        guard let item = item(named: question), item.type.takesAnswer else {
            throw CanvassError(
                .notFound, "The survey \"\(id)\" has no question \"\(question)\"",
                remedy: "'canvass survey show \(id)' lists them.")
        }
        switch item.read(value: value) {
        case .success(let answer): return answer
        case .failure(let problem):
            throw CanvassError(.invalidInput, "\(question): \(problem.reason)", remedy: problem.remedy)
        }
    }
}
