import CanvassCoding

extension FormChecker {
    /// Expressions, the names they use, and circles among them.
    mutating func checkLogic() {
        var logic: [ItemLogic?] = []
        for item in form.items {
            for column in LogicColumn.allCases {
                if let source = column.expression(of: item) { check(source, column, item) }
            }
            logic.append(try? ItemLogic(item))
        }
        let complete = logic.compactMap { $0 }
        guard complete.count == form.items.count,
            case .cycle(let cycle) = DependencyOrder(form.dependencies(logic: complete))
        else { return }
        let names = cycle.map { form.items[$0].name }
        guard let first = names.first else { return }
        let column = complete[cycle[0]].calculation == nil ? "relevant" : "calculation"
        report(
            first, column, "depends on itself: \((names + [first]).joined(separator: " → "))",
            names.count == 1 ? "Write . for the question's own value" : "Break the circle in one of these questions")
    }

    private mutating func check(_ source: String, _ column: LogicColumn, _ item: Form.Item) {
        let expression: XPathExpression
        do {
            expression = try XPathExpression(source)
        } catch {
            report(
                item.name, column.rawValue, offset: error.offset, error.reason,
                "Correct the expression: \(error.expression)")
            return
        }
        for reference in expression.references {
            guard let index = indexOfItem[reference.name] else {
                report(
                    item.name, column.rawValue, offset: reference.offset,
                    "there is no question “\(reference.name.shortened)”", remedy(for: reference.name))
                continue
            }
            if !form.items[index].type.takesAnswer {
                report(
                    item.name, column.rawValue, offset: reference.offset,
                    "“\(reference.name)” is a \(form.items[index].type.name) and has no answer",
                    "Refer to a question")
            }
        }
        for list in expression.lists where lists[list.name] == nil {
            report(
                item.name, column.rawValue, offset: list.offset, "there is no choice list “\(list.name.shortened)”",
                "Add it to the choices sheet or correct the name")
        }
        checkAttributes(of: expression, column, item)
    }

    /// Bare names are columns of the choices sheet; anywhere but in a choice_filter they are questions or texts that
    /// lost their mark.
    private mutating func checkAttributes(of expression: XPathExpression, _ column: LogicColumn, _ item: Form.Item) {
        let choices = column == .choiceFilter ? item.type.list.flatMap { lists[$0] }?.choices : nil
        for attribute in expression.attributes {
            let isKnown = choices?.contains { choice in
                attribute.name == "name" || attribute.name == "label"
                    || choice.attributes.contains { $0.key.hasSameBytes(as: attribute.name) }
            }
            if isKnown == true { continue }
            let remedy =
                indexOfItem[attribute.name] != nil
                ? "Write ${\(attribute.name)} for the question"
                : ["true", "false"].contains(attribute.name)
                    ? "Write \(attribute.name)()" : "Write '\(attribute.name)' for a text or ${…} for a question"
            report(
                as: column == .choiceFilter && choices?.isEmpty == false && indexOfItem[attribute.name] == nil
                    ? .warning : .error,
                item.name, column.rawValue, offset: attribute.offset,
                column == .choiceFilter
                    ? "the choice list has no column “\(attribute.name.shortened)”"
                    : "“\(attribute.name.shortened)” is neither a question nor a text",
                remedy)
        }
    }
}
