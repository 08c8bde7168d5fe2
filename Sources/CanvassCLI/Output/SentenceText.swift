extension String {
    /// The text as a sentence, with a capital at its start and a full stop at its end; a command or a name in quotes stays
    /// as it has to be typed.
    var asSentence: String {
        guard let first, let last else { return "" }
        let stop = ".!?…".contains(last) ? "" : "."
        return first.uppercased() + dropFirst() + stop
    }
}
