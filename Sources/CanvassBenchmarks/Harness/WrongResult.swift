/// The work that was measured did not do what it should have done, so its time means nothing.
struct WrongResult: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = "the benchmark itself went wrong: \(description)"
    }
}
