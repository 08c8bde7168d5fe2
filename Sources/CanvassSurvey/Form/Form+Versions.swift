import CanvassCoding

extension Form {
    /// This form with the questions and choices that only earlier versions of it have, after its own: what responses of
    /// every version can be read by. It is for reading only: skip logic of versions does not mix.
    ///
    /// - Parameter earlier: the other versions, the latest first.
    public func including(_ earlier: [Form]) -> Form {
        var form = self
        for version in earlier {
            let known = Set(form.items.map { Array($0.name.utf8) })
            form.items += version.items.filter { !known.contains(Array($0.name.utf8)) }
            for list in version.choiceLists {
                guard let index = form.choiceLists.firstIndex(where: { $0.name.hasSameBytes(as: list.name) }) else {
                    form.choiceLists.append(list)
                    continue
                }
                let codes = Set(form.choiceLists[index].choices.map { Array($0.name.utf8) })
                form.choiceLists[index].choices += list.choices.filter { !codes.contains(Array($0.name.utf8)) }
            }
        }
        return form
    }
}
