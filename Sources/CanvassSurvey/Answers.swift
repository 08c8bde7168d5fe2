public import CanvassCoding

/// The answers of one response by question, in the order of asking. A question that is absent has no answer.
///
/// | question | value |
/// | --- | --- |
/// | text, barcode, hidden, select_one, media (the file's name) and unknown types | text |
/// | integer | integer |
/// | decimal, range | integer or number |
/// | select_multiple, rank | list of the codes, as texts |
/// | date, time, dateTime | ISO 8601 text: "2017-05-13", "09:30", "2017-05-13T09:30:00.000-07:00" |
/// | geopoint | list of latitude and longitude in degrees, then altitude and accuracy in metres where known |
/// | acknowledge | bool |
/// | calculate | number or text, as it came out |
public struct Answers: Sendable, Hashable {
    /// One member a question; `Interview.ordered(_:)` puts them in the order of the form.
    public private(set) var members: [Value.Member]

    public init() {
        members = []
    }

    /// Of several members with one name the last counts; a null is no answer.
    public init(_ members: [Value.Member]) {
        var places: [String: Int] = [:]
        self.members = []
        for member in members where !member.value.isNull {
            if let place = places[member.key] {
                self.members[place].value = member.value
            } else {
                places[member.key] = self.members.count
                self.members.append(member)
            }
        }
    }

    /// For callers that know that no name occurs twice and no value is null.
    init(unique members: [Value.Member]) {
        self.members = members
    }

    /// The answer to one question; setting nil or null takes it away.
    public subscript(question: String) -> Value? {
        get { members.first { $0.key.hasSameBytes(as: question) }?.value }
        set {
            let place = members.firstIndex { $0.key.hasSameBytes(as: question) }
            switch (place, newValue?.isNull == true ? nil : newValue) {
            case (let place?, let value?): members[place].value = value
            case (let place?, nil): members.remove(at: place)
            case (nil, let value?): members.append(Value.Member(question, value))
            case (nil, nil): break
            }
        }
    }

    public var isEmpty: Bool { members.isEmpty }

    /// The answers as one map, as a response stores them.
    public var value: Value { .map(members) }

    /// - Throws: `FormError` for a value that is no map.
    public init(value: Value) throws(FormError) {
        guard let members = value.mapValue else {
            throw FormError(place: "answers", reason: "not a map of question names and answers")
        }
        self.init(members)
    }
}
