/// What came of the bits that were flipped.
package struct BitFlipTally: Sendable {
    package private(set) var flips = 0
    /// The doctor found something, or the file was refused.
    package private(set) var detected = 0
    /// Nothing was found, and state and log are what they were.
    package private(set) var harmless = 0
    /// Nothing was found although state or log differ.
    package private(set) var unseen = 0
    /// Every change was salvaged into a sound file, the damaged one too.
    package private(set) var whole = 0
    /// Every change but the damaged one was salvaged into a sound file.
    package private(set) var undamaged = 0
    /// A change without a damaged byte was not salvaged, or the new file is not sound.
    package private(set) var losses = 0
    /// The first few of the bad ones, in words.
    package private(set) var examples: [String] = []

    package init() {}

    /// Whether every flip was detected or harmless, and everything undamaged was salvaged.
    package var isGood: Bool { unseen == 0 && losses == 0 }

    enum Sight { case detected, harmless, unseen }

    enum Rescue {
        case whole, undamaged
        case failed(String)
    }

    mutating func add(_ sight: Sight, _ rescue: Rescue, byte: Int, bit: Int) {
        flips += 1
        switch sight {
        case .detected: detected += 1
        case .harmless: harmless += 1
        case .unseen:
            unseen += 1
            note("byte \(byte), bit \(bit): not seen by the doctor")
        }
        switch rescue {
        case .whole: whole += 1
        case .undamaged: undamaged += 1
        case .failed(let reason):
            losses += 1
            note("byte \(byte), bit \(bit): \(reason)")
        }
    }

    private mutating func note(_ text: String) {
        if examples.count < 100 { examples.append(text) }
    }
}
