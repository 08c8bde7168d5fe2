import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import CanvassSurvey

extension Replica {
    /// The drafts in this replica's file, the oldest first.
    public func drafts() throws(CanvassError) -> [ResponseDraft] {
        let stored = try read { connection in try connection.drafts() }
        let surveys = try surveys()
        var drafts: [ResponseDraft] = []
        for draft in stored {
            let latest = surveys.first { $0.id == draft.survey }?.published.last
            drafts.append(ResponseDraft(draft, interview: latest.flatMap(readableInterview), version: latest?.id))
        }
        return drafts
    }

    /// The draft of that id, or of an id that begins so.
    public func draft(named id: String) throws(CanvassError) -> ResponseDraft {
        let wanted = id.uppercased()
        let matches = try drafts().filter { $0.id.description.hasPrefix(wanted) }
        if matches.count == 1, let match = matches.first { return match }
        if matches.count > 1 {
            throw CanvassError(
                .ambiguous, "\"\(id)\" fits \(matches.count) drafts", remedy: "'canvass draft list' shows the ids.")
        }
        if let finished = try? EntityID(text: wanted),
            try read({ connection in try connection.entity(finished, kind: .response) }) != nil
        {
            throw CanvassError(
                .notFound, "The draft \(finished) has been finished", remedy: "See 'canvass response show \(finished)'."
            )
        }
        throw CanvassError(
            .notFound, "There is no draft \"\(id)\" here", remedy: "'canvass draft list' shows the ids.")
    }

    /// Nil for a version that cannot be asked: what depends on one draft must not fail for what was published elsewhere.
    private func readableInterview(of version: PublishedVersion) -> Interview? {
        try? interview(of: version)
    }
}

extension ResponseDraft {
    /// - Parameters:
    ///   - interview: of the version that the answers are checked against; nil where it is not here, which sets nothing
    ///     aside.
    ///   - version: nil where the survey is not here.
    init(_ stored: StoredDraft, interview: Interview?, version: EntityID?) {
        let answers = Answers(stored.answers)
        let isFitting = { (member: Value.Member) -> Bool in
            guard let form = interview?.form else { return true }
            guard let item = form.item(named: member.key), item.type.takesAnswer else { return false }
            return item.type.accepts(member.value)
        }
        let fitting = Answers(answers.members.filter(isFitting))
        self.init(
            id: stored.id, survey: stored.survey, version: version ?? stored.version, firstVersion: stored.version,
            language: stored.language, startedMilliseconds: stored.startedMilliseconds,
            savedMilliseconds: stored.savedMilliseconds, answers: interview?.ordered(fitting) ?? fitting,
            setAside: Answers(answers.members.filter { !isFitting($0) }))
    }
}
