import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
public import CanvassSurvey

/// The draft of a survey as entities: one for the survey, one for each item, one for each choice. Every property is a
/// cell of its own, so that two designers who change the label and the constraint of one question offline both keep
/// their change.
extension Replica {
    /// Writes a form as the draft of a survey, new or known by the form's id.
    ///
    /// Only what differs from the draft is written; items and choices that the form no longer has are deleted.
    ///
    /// - Parameter campaign: the campaign that the survey belongs to.
    @discardableResult
    public func importSurvey(_ form: Form, into campaign: Campaign) throws(CanvassError) -> Survey {
        var id = newID()
        try write { connection in
            try connection.requireWrite(to: campaign.design, what: "surveys")
            let known = try connection.surveys().first { $0.name == form.id && $0.campaign == campaign.id }
            let draft = try SurveyDraft(of: known?.id, in: campaign.design, &connection)
            id = known?.id ?? id
            return Edit.packed(
                draft.edits(toBecome: form, survey: id, newID: newID, label: newRunLabel), scope: campaign.design)
        }
        return try survey(named: id.description)
    }

    /// The draft as a form.
    public func draft(of survey: Survey) throws(CanvassError) -> Form {
        try read { connection in
            try SurveyDraft(of: survey.id, in: survey.design, &connection).form()
        }
    }

    /// The names of the draft's items that two designers have moved into each other at once: each stands at the top,
    /// where the circle was cut, until the form is imported again.
    public func itemsCutFromCircles(of survey: Survey) throws(CanvassError) -> [String] {
        try read { connection in
            try SurveyDraft(of: survey.id, in: survey.design, &connection).cutItems.compactMap { $0["name"]?.textValue }
        }
    }

    private func newRunLabel() -> RunLabel {
        RunLabel(replica: id, nonce: environment.random())
    }
}

extension Edit {
    /// As few changes as the size limit of one change allows, each well below it.
    static func packed(_ edits: [EntityEdit], scope: ScopeID) -> [Edit] {
        let bytesPerChange = ChangeLimits.maximumBytes / 2
        var packed: [Edit] = []
        var bytes = 0
        for edit in edits {
            let size = ChangeBody(edits: [edit]).encoded.count
            if let last = packed.indices.last, bytes + size <= bytesPerChange {
                packed[last].edits.append(edit)
                bytes += size
            } else {
                packed.append(Edit(scope: scope, edits: [edit]))
                bytes = size
            }
        }
        return packed
    }
}
