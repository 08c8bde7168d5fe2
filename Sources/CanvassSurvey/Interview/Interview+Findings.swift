import CanvassCoding

extension Interview {
    /// All that the form does not allow in these answers, in the order of the form.
    public func findings(_ answers: Answers, environment: InterviewEnvironment) -> [Finding] {
        let (values, unknown) = slots(of: answers)
        var findings = findings(in: values, recalculating: true, environment: environment)
        for member in unknown {
            findings.append(
                Finding(
                    kind: .unknownQuestion, question: member.key, label: member.key,
                    message: "the survey has no such question", remedy: "Check the name, or the version of the survey"))
        }
        return findings
    }

    /// The findings of one question, for an interview that checks as it goes. A question that is not relevant and not
    /// answered has none.
    public func findings(
        of question: String, _ answers: Answers, environment: InterviewEnvironment
    ) -> [Finding] {
        findings(answers, environment: environment).filter { $0.question.hasSameBytes(as: question) }
    }

    /// - Parameters:
    ///   - values: beside `form.items`, index for index.
    ///   - ticked: questions without an answer whose cell held a choice that means 'no answer', such as "don't know":
    ///     where the question was not to be asked, it was asked all the same.
    func findings(
        in values: [Value?], ticked: [Int] = [], recalculating: Bool, environment: InterviewEnvironment
    ) -> [Finding] {
        let frame = InterviewFrame(interview: self, values: values, environment: environment)
        frame.evaluate(recalculating: recalculating)
        var findings: [Finding] = []
        for index in values.indices {
            let value = values[index]
            if !frame.isRelevant[index] {
                if value != nil || ticked.contains(index), !isWorkedOut(index) {
                    findings.append(irrelevant(index, environment))
                }
            } else if let value {
                check(value, at: index, in: frame, &findings)
            } else if isRequired(index, in: frame) {
                findings.append(missing(index, environment))
            }
        }
        for (index, error) in frame.failures {
            findings.append(
                finding(
                    .expressionFailed, index, environment, message: error.description,
                    remedy: "Tell the designer of the survey"))
        }
        return findings
    }

    /// Calculations and metadata are filled in by the machine: skip logic says nothing about who answered them.
    private func isWorkedOut(_ index: Int) -> Bool {
        if case .metadata = form.items[index].type { return true }
        return nodes[index].logic.calculation != nil
    }

    private func isRequired(_ index: Int, in frame: InterviewFrame) -> Bool {
        guard form.items[index].type.isAsked, !form.items[index].readOnly else { return false }
        return switch nodes[index].logic.required {
        case .never: false
        case .always: true
        case .when(let expression): frame.value(of: expression, at: index)?.boolean ?? false
        }
    }

    private func check(_ value: Value, at index: Int, in frame: InterviewFrame, _ findings: inout [Finding]) {
        let item = form.items[index]
        guard item.type.accepts(value) else {
            findings.append(
                finding(
                    .wrongType, index, frame.environment, message: "not an answer of type \(item.type.name)",
                    remedy: "Give a \(item.type.answerDescription)"))
            return
        }
        checkChoices(value, at: index, in: frame, &findings)
        if case .range(let start, let end, _) = item.type, let number = value.doubleValue,
            number < min(start, end) || number > max(start, end)
        {
            findings.append(
                finding(
                    .constraintBroken, index, frame.environment,
                    message: "\(XPathValue.text(of: number)) is out of range",
                    remedy: "Give a number from \(XPathValue.text(of: start)) to \(XPathValue.text(of: end))"))
        }
        if let constraint = nodes[index].logic.constraint, frame.value(of: constraint, at: index)?.boolean == false {
            let message = item.constraintMessage.text(in: frame.environment.language, default: form.defaultLanguage)
            findings.append(
                finding(
                    .constraintBroken, index, frame.environment,
                    message: message.isEmpty ? "the answer is not allowed here" : message,
                    remedy: "Correct the answer so that \(constraint.source)"))
        }
    }

    private func checkChoices(_ value: Value, at index: Int, in frame: InterviewFrame, _ findings: inout [Finding]) {
        guard let list = nodes[index].list else { return }
        let filter = nodes[index].logic.choiceFilter
        func check(_ code: String) {
            if let choice = list[code] {
                guard let filter, !frame.passes(choice, filter, at: index) else { return }
                findings.append(
                    finding(
                        .notAChoice, index, frame.environment,
                        message: "“\(code.shortened)” is ruled out by the choice filter \(filter.source)",
                        remedy: "Give one of the choices left, or correct the answers that it depends on"))
                return
            }
            findings.append(
                finding(
                    .notAChoice, index, frame.environment,
                    message: "“\(code.shortened)” is not in the choice list “\(form.items[index].type.list ?? "")”",
                    remedy: "Give a code of the list, or add this one to the survey"))
        }
        switch value {
        case .text(let code): check(code)
        case .list(let codes): for code in codes { check(code.textValue ?? "") }
        default: break
        }
    }

    private func irrelevant(_ index: Int, _ environment: InterviewEnvironment) -> Finding {
        // The condition that hides the question may be that of a group around it.
        var condition: String?
        var current: Int? = index
        while let item = current, condition == nil {
            condition = form.items[item].relevant
            current = nodes[item].parent
        }
        return finding(
            .irrelevantAnswered, index, environment,
            message: "answered though it was not to be asked: \(condition ?? "its group") is not so",
            remedy: "Correct this answer or those that it depends on")
    }

    private func missing(_ index: Int, _ environment: InterviewEnvironment) -> Finding {
        let message = form.items[index].requiredMessage.text(in: environment.language, default: form.defaultLanguage)
        return finding(
            .requiredMissing, index, environment, message: message.isEmpty ? "must be answered" : message,
            remedy: "Give a \(form.items[index].type.answerDescription)")
    }

    func finding(
        _ kind: Finding.Kind, _ index: Int, _ environment: InterviewEnvironment, message: String, remedy: String
    ) -> Finding {
        Finding(
            kind: kind, question: form.items[index].name, label: label(at: index, language: environment.language),
            message: message, remedy: remedy)
    }
}
