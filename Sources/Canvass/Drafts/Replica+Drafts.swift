import CanvassCRDT
public import CanvassCoding
import CanvassSQLite
import CanvassStore
import CanvassSurvey

extension Replica {
    /// Begins an interview with the latest version of a survey, holding the survey's own defaults.
    ///
    /// - Parameter language: the language that the interview is held in.
    /// - Throws: `CanvassError.notPermitted` when this device does not collect for the campaign.
    public func startDraft(of survey: Survey, language: String? = nil) throws(CanvassError) -> ResponseDraft {
        let version = try latestVersion(of: survey)
        let interview = try interview(of: version)
        let environment = try interviewEnvironment(language: language)
        let scope = try ownResponsesScope(for: survey)
        let stored = StoredDraft(
            id: newID(), survey: survey.id, version: version.id, language: language,
            startedMilliseconds: environment.startMilliseconds, answers: interview.begin(environment).members)
        try explaining {
            try store.database.write { connection in
                try connection.requireWrite(to: scope, what: "responses")
                try connection.insert(stored)
            }
        }
        return ResponseDraft(stored, interview: interview, version: version.id)
    }

    /// Answers one question of a draft, in place of an answer that is there; null takes that away.
    ///
    /// The answer is durable when this returns. It is checked as an interview checks it: by the question's type, choices
    /// and constraint, and whether the question is asked at all with the answers so far.
    ///
    /// - Parameter value: see `Answers` for the value of each type; a text is read as in a table.
    /// - Throws: `CanvassError.invalidInput` for a value that is no answer to the question.
    public func answer(
        _ question: String, with value: Value, in draft: ResponseDraft
    ) throws(CanvassError) -> DraftSaving {
        let (interview, version) = try interviewAndVersion(of: draft)
        guard !value.isNull else { return .saved(try clear(question, in: draft)) }
        let form = interview.form
        if let item = form.item(named: question), !item.type.isAsked || item.calculation != nil || item.readOnly {
            throw CanvassError(
                .invalidInput, "\(question) is not for people to answer: the survey works it out",
                remedy: "Answer the questions that it depends on.")
        }
        let answer = try form.answer(value, to: question)
        let environment = try environment(of: draft)
        return try update(draft) { stored in
            var answers = Answers(stored.answers)
            answers[question] = answer
            let fitting = ResponseDraft(stored.with(answers), interview: interview, version: version.id).answers
            let findings = interview.findings(of: question, fitting, environment: environment)
                .filter { $0.kind != .requiredMissing }
            guard findings.isEmpty else { return .refused(findings) }
            stored.answers = answers.members
            return .saved(ResponseDraft(stored, interview: interview, version: version.id))
        }
    }

    /// Takes the answer to a question away; also one that was set aside.
    ///
    /// - Throws: `CanvassError.notFound` where the draft has none and the survey has no such question.
    public func clear(_ question: String, in draft: ResponseDraft) throws(CanvassError) -> ResponseDraft {
        let (interview, version) = try interviewAndVersion(of: draft)
        let saving = try update(draft) { stored in
            var answers = Answers(stored.answers)
            if answers[question] == nil, interview.form.item(named: question)?.type.takesAnswer != true {
                throw CanvassError(
                    .notFound, "The draft has no answer to \"\(question)\"",
                    remedy: "'canvass draft show \(draft.id)' lists its answers.")
            }
            answers[question] = nil
            stored.answers = answers.members
            return .saved(ResponseDraft(stored, interview: interview, version: version.id))
        }
        guard case .saved(let saved) = saving else { return draft }
        return saved
    }

    /// What is still to be asked, and what keeps the draft from being finished.
    public func progress(of draft: ResponseDraft) throws(CanvassError) -> DraftProgress {
        let (interview, _) = try interviewAndVersion(of: draft)
        let environment = try environment(of: draft)
        let asked = interview.relevantItems(draft.answers, environment: environment).filter(\.type.isAsked)
        let shown = Set(asked.map(\.name))
        return DraftProgress(
            open: asked.filter { !$0.readOnly && draft.answers[$0.name] == nil },
            hidden: draft.answers.members.map(\.key).filter { name in
                interview.form.item(named: name)?.type.isAsked == true && !shown.contains(name)
            }, findings: findings(of: draft, interview, environment))
    }

    /// Makes the response of a draft, by one change, and takes the draft away in the same transaction: whenever the
    /// process ends, the one is there or the other. Answers that skip logic hides stay out, as in any interview.
    ///
    /// - Returns: the findings that keep it from being finished; then the draft is as it was.
    public func finish(_ draft: ResponseDraft) throws(CanvassError) -> Recording {
        while true {
            // Another process may have answered since the caller read the draft.
            let current = try self.draft(named: draft.id.description)
            let (interview, version) = try interviewAndVersion(of: current)
            let environment = try environment(of: current)
            let findings = findings(of: current, interview, environment)
            guard findings.isEmpty else { return .refused(findings) }
            let scope = try ownResponsesScope(for: survey(named: current.survey.description))
            var answers = interview.finalise(current.answers, environment: environment)
            for member in current.setAside.members { answers[member.key] = member.value }
            let response = Response(
                id: current.id, survey: current.survey, version: version.id, collector: scope.id,
                language: current.language, finishedMilliseconds: self.environment.nowMilliseconds(),
                answers: answers, findings: [])
            var isFinished = false
            try write { connection in
                try connection.requireWrite(to: scope, what: "responses")
                guard let stored = try connection.draft(current.id),
                    ResponseDraft(stored, interview: interview, version: version.id) == current
                else { return [] }
                isFinished = try connection.removeDraft(current.id)
                return [Edit(scope: scope, edits: [response.creation])]
            }
            if isFinished { return .recorded(response) }
        }
    }

    /// Throws a draft away.
    public func discard(_ draft: ResponseDraft) throws(CanvassError) {
        let isRemoved = try explaining {
            try store.database.write { connection in try connection.removeDraft(draft.id) }
        }
        if !isRemoved { _ = try self.draft(named: draft.id.description) }
    }
}

extension Replica {
    /// What the rules of the survey do not allow about the draft as a whole. What skip logic hides is no finding: it stays
    /// out of the response.
    private func findings(
        of draft: ResponseDraft, _ interview: Interview, _ environment: InterviewEnvironment
    ) -> [Finding] {
        let unfit = draft.setAside.members.compactMap { member -> Finding? in
            guard let item = interview.form.item(named: member.key) else { return nil }
            return Finding(
                kind: .wrongType, question: item.name, label: interview.form.label(of: item, in: draft.language),
                message: "the answer was given to an earlier version of the question",
                remedy: "Answer the question again, or take the answer away")
        }
        let answered = Set(unfit.map(\.question))
        return unfit
            + interview.findings(draft.answers, environment: environment).filter {
                $0.kind != .irrelevantAnswered && !answered.contains($0.question)
            }
    }

    private func interviewAndVersion(
        of draft: ResponseDraft
    ) throws(CanvassError) -> (interview: Interview, version: PublishedVersion) {
        let version = try latestVersion(of: survey(named: draft.survey.description))
        return (try interview(of: version), version)
    }

    private func environment(of draft: ResponseDraft) throws(CanvassError) -> InterviewEnvironment {
        var environment = try interviewEnvironment(language: draft.language)
        environment.startMilliseconds = draft.startedMilliseconds
        return environment
    }

    /// Changes what is stored of a draft, in one durable transaction; a refusal changes nothing.
    private func update(
        _ draft: ResponseDraft, _ body: (inout StoredDraft) throws -> DraftSaving
    ) throws(CanvassError) -> DraftSaving {
        let now = environment.nowMilliseconds()
        let saving = try explaining {
            try store.database.write { connection -> DraftSaving? in
                guard var stored = try connection.draft(draft.id) else { return nil }
                stored.savedMilliseconds = now
                let saving = try body(&stored)
                if case .saved = saving { try connection.save(stored) }
                return saving
            }
        }
        if let saving { return saving }
        // It is gone: says why.
        _ = try self.draft(named: draft.id.description)
        throw CanvassError(.storage, "The draft \(draft.id) was not saved", remedy: "Try again.")
    }
}

extension StoredDraft {
    fileprivate func with(_ answers: Answers) -> StoredDraft {
        var draft = self
        draft.answers = answers.members
        return draft
    }
}
