import CanvassCoding

/// Builds the map of a document; what is empty is left out.
struct Document {
    var members: [Value.Member] = []

    var value: Value { .map(members) }

    mutating func add(_ key: String, _ text: String) {
        if !text.isEmpty { members.append(Value.Member(key, .text(text))) }
    }

    mutating func add(_ key: String, _ value: Value?) {
        if let value { members.append(Value.Member(key, value)) }
    }

    mutating func add(_ key: String, _ values: [Value]) {
        if !values.isEmpty { members.append(Value.Member(key, .list(values))) }
    }

    mutating func add(_ key: String, _ text: LocalizedText) {
        if !text.isEmpty { members.append(Value.Member(key, text.value)) }
    }

    /// As a list of [key, value], which keeps order and repeated keys.
    mutating func add(_ key: String, _ pairs: [Value.Member]) {
        add(key, pairs.map { .list([.text($0.key), $0.value]) })
    }
}

/// Reads the keys of a document; an absent key or null is the default.
struct DocumentReader {
    private let value: Value
    private let place: String

    init(_ value: Value, place: String) throws(FormError) {
        guard value.mapValue != nil else { throw FormError(place: place, reason: "not a map") }
        self.value = value
        self.place = place
    }

    func failure(_ key: String, _ reason: String) -> FormError {
        FormError(
            place: "\(place), \(key)", reason: reason,
            remedy: "The survey is damaged or was written by another program: publish it again")
    }

    subscript(_ key: String) -> Value? {
        guard let found = value[key], !found.isNull else { return nil }
        return found
    }

    func text(_ key: String) throws(FormError) -> String {
        guard let text = try optionalText(key) else { throw failure(key, "missing") }
        return text
    }

    func optionalText(_ key: String) throws(FormError) -> String? {
        guard let found = self[key] else { return nil }
        guard let text = found.textValue else { throw failure(key, "not a text") }
        return text
    }

    func number(_ key: String) throws(FormError) -> Double? {
        guard let found = self[key] else { return nil }
        guard let number = found.doubleValue else { throw failure(key, "not a number") }
        return number
    }

    func flag(_ key: String) throws(FormError) -> Bool {
        guard let found = self[key] else { return false }
        guard let flag = found.boolValue else { throw failure(key, "neither true nor false") }
        return flag
    }

    func list(_ key: String) throws(FormError) -> [Value] {
        guard let found = self[key] else { return [] }
        guard let list = found.listValue else { throw failure(key, "not a list") }
        return list
    }

    func texts(_ key: String) throws(FormError) -> [String] {
        var texts: [String] = []
        for item in try list(key) {
            guard let text = item.textValue else { throw failure(key, "not a list of texts") }
            texts.append(text)
        }
        return texts
    }

    func localized(_ key: String) throws(FormError) -> LocalizedText {
        guard let found = self[key] else { return LocalizedText() }
        do {
            return try LocalizedText(value: found)
        } catch {
            throw failure(key, error.reason)
        }
    }

    func pairs(_ key: String) throws(FormError) -> [Value.Member] {
        var members: [Value.Member] = []
        for pair in try list(key) {
            guard let parts = pair.listValue, parts.count == 2, let name = parts[0].textValue else {
                throw failure(key, "not a list of [name, value]")
            }
            members.append(Value.Member(name, parts[1]))
        }
        return members
    }
}
