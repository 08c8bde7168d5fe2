import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
public import CanvassSurvey
import Synchronization

extension Replica {
    /// Freezes the draft of a survey as a new version that responses can be taken with.
    ///
    /// - Returns: the version, or the latest one when the draft is the same as that.
    /// - Throws: `CanvassError.invalidInput` when the draft has errors, naming the first.
    @discardableResult
    public func publish(_ survey: Survey) throws(CanvassError) -> PublishedVersion {
        // The caller's value may be older than the latest version.
        let survey = try self.survey(named: survey.id.description)
        try read { connection in try connection.requireWrite(to: survey.design, what: "surveys") }
        let form = try draft(of: survey)
        if let finding = form.check().first(where: { $0.severity == .error }) {
            throw CanvassError(
                .invalidInput, "The survey \"\(survey.name)\" cannot be published: \(finding.message)",
                remedy: finding.remedy)
        }
        let document = CBOR.encode(form.value)
        let hash = SHA256.hash(document)
        if let latest = survey.published.last, latest.hash == hash { return latest }
        let version = PublishedVersion(
            id: newID(), survey: survey.id, number: (survey.published.last?.number ?? 0) + 1, version: form.version,
            publishedMilliseconds: environment.nowMilliseconds(), hash: hash, partCount: 0)
        try write { connection in
            try connection.requireWrite(to: survey.design, what: "surveys")
            return Edit.packed(edits(publishing: document, as: version), scope: survey.design)
        }
        try refreshViewsIfNeeded()
        guard
            let published = try self.survey(named: survey.id.description).published.last(where: { $0.id == version.id })
        else {
            throw CanvassError(.storage, "The version was not stored", remedy: "Try again.")
        }
        return published
    }

    /// The form that responses to a survey are taken with now.
    ///
    /// - Throws: `CanvassError.notFound` when nothing has been published.
    public func form(of survey: Survey) throws(CanvassError) -> Form {
        try form(of: latestVersion(of: survey))
    }

    /// The form of one published version.
    ///
    /// - Throws: `CanvassError.invalidInput` when the version as it came cannot be read.
    public func form(of version: PublishedVersion) throws(CanvassError) -> Form {
        if let form = forms.withLock({ $0[version.id] }) { return form }
        let document = try read { connection in
            let parts = try connection.entities(ofKind: .publishedPart)
                .filter { $0["of"]?.textValue == version.id.description }
                .sorted { ($0["index"]?.integerValue ?? 0) < ($1["index"]?.integerValue ?? 0) }
            return parts.count == version.partCount ? parts.flatMap { $0["bytes"]?.bytesValue ?? [] } : []
        }
        do {
            guard SHA256.hash(document) == version.hash else {
                throw StoreError.damaged("its parts are not those that its hash is of")
            }
            let form = try Form(value: CBOR.decode(document))
            forms.withLock { $0[version.id] = form }
            return form
        } catch {
            throw CanvassError(
                .invalidInput, "Version \(version.number) of the survey \(version.survey) cannot be read (\(error))",
                remedy: "Ask its designer to publish it again.")
        }
    }

    /// The form of the latest version with the questions of the earlier ones, so that no answer is hidden by a new version;
    /// nil where no version can be read: what depends on one survey must not fail for what somebody else published as
    /// another.
    func readableForm(of survey: Survey) throws(CanvassError) -> Form? {
        var forms: [Form] = []
        for version in survey.published.reversed() {
            if let form = try readableForm(of: version) { forms.append(form) }
        }
        return forms.first?.including(Array(forms.dropFirst()))
    }

    /// The form of one version; nil where it cannot be read.
    func readableForm(of version: PublishedVersion) throws(CanvassError) -> Form? {
        do {
            return try form(of: version)
        } catch let error where error.code == .invalidInput {
            return nil
        }
    }

    /// The form of one published version, ready to be asked.
    func interview(of version: PublishedVersion) throws(CanvassError) -> Interview {
        if let interview = interviews.withLock({ $0[version.id] }) { return interview }
        let form = try form(of: version)
        do {
            let interview = try Interview(form: form)
            interviews.withLock { $0[version.id] = interview }
            return interview
        } catch {
            throw CanvassError(
                .invalidInput, "The survey \"\(form.id)\" cannot be asked: \(error)",
                remedy: "Ask its designer to correct and publish it again.")
        }
    }

    /// The version that responses are taken with now.
    func latestVersion(of survey: Survey) throws(CanvassError) -> PublishedVersion {
        guard let latest = survey.published.last else {
            throw CanvassError(
                .notFound, "The survey \"\(survey.name)\" has not been published",
                remedy: "A designer publishes it with 'canvass survey publish \(survey.name)'; then sync.")
        }
        return latest
    }

    private func edits(publishing document: [UInt8], as version: PublishedVersion) -> [EntityEdit] {
        let partBytes = ChangeLimits.maximumBytes / 4
        let parts = stride(from: 0, to: document.count, by: partBytes).map { start in
            Array(document[start..<min(start + partBytes, document.count)])
        }
        let head = EntityEdit(
            kind: EntityKind.publishedVersion.rawValue, entity: version.id,
            operations: [
                Operation(.put(.text(version.survey.description)), field: "survey"),
                Operation(.put(.integer(Int64(version.number))), field: "number"),
                Operation(.put(.text(version.version)), field: "version"),
                Operation(.put(.integer(version.publishedMilliseconds)), field: "published"),
                Operation(.put(.bytes(version.hash)), field: "hash"),
                Operation(.put(.integer(Int64(parts.count))), field: "parts"),
            ])
        return parts.enumerated().map { index, bytes in
            EntityEdit(
                kind: EntityKind.publishedPart.rawValue, entity: newID(),
                operations: [
                    Operation(.put(.text(version.id.description)), field: "of"),
                    Operation(.put(.integer(Int64(index))), field: "index"),
                    Operation(.put(.bytes(bytes)), field: "bytes"),
                ])
        } + [head]
    }
}
