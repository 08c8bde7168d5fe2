/// Collects what reading finds: errors refuse the form, warnings travel with it.
struct IssueLog {
    private(set) var warnings: [XLSFormIssue] = []
    private(set) var errors: [XLSFormIssue] = []

    mutating func warn(_ issue: XLSFormIssue) { warnings.append(issue) }

    mutating func fail(_ issue: XLSFormIssue) {
        if errors.count < XLSFormError.limit { errors.append(issue) }
    }
}
