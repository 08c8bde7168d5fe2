public import CanvassCRDT
public import CanvassSurvey

/// An interview that is not finished. It is kept in this replica's file alone, durably after every answer, and becomes a
/// response, by one change, when it is finished.
///
/// For example:
///
///     var draft = try replica.startDraft(of: survey)
///     if case .saved(let saved) = try replica.answer("recommend", with: 9, in: draft) { draft = saved }
///     let recording = try replica.finish(draft)
public struct ResponseDraft: Sendable, Hashable {
    /// The id that the response will have.
    public var id: EntityID
    public var survey: EntityID
    /// The version that the answers are checked against: the latest that is here.
    public var version: EntityID
    /// The version that the interview was begun with.
    public var firstVersion: EntityID
    public var language: String?
    /// By this device's clock: milliseconds since 1970.
    public var startedMilliseconds: Int64
    public var savedMilliseconds: Int64
    /// The answers that the version has questions for, those that skip logic hides now included.
    public var answers: Answers
    /// Answers to questions that the version does not have, or does not ask in this form any more. They are kept. Those
    /// without a question go into the response, as answers to an earlier version; the others have to be given again, or
    /// taken away, before the draft can be finished.
    public var setAside: Answers
}

/// What came of an answer that was handed in.
public enum DraftSaving: Sendable, Hashable {
    /// The answer is on the disk.
    case saved(ResponseDraft)
    /// The answer breaks a rule of the survey; the draft is as it was.
    case refused([Finding])
}

/// How far an interview has come.
public struct DraftProgress: Sendable, Hashable {
    /// The questions to be asked next, in order: those that skip logic shows and nobody has answered.
    public var open: [Form.Item]
    /// Answered questions that skip logic hides now: their answers stay in the draft and would not be in the response.
    public var hidden: [String]
    /// What keeps the draft from being finished.
    public var findings: [Finding]
}
