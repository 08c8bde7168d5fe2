import CanvassCoding
import CanvassCommandLine
import CanvassSurvey

extension Output {
    /// Shows what is wrong with answers: each question with its text, the reason, and what to do.
    func print(_ findings: [Finding]) {
        for finding in findings {
            let label = finding.label == finding.question ? "" : " (\(finding.label))"
            print("  \(finding.question, .bold)\(label): \(finding.message, .red)")
            if !finding.remedy.isEmpty { print("    \(finding.remedy)") }
        }
    }
}

extension Finding {
    var value: Value {
        [
            "kind": .text(kind.rawValue), "question": .text(question), "label": .text(label),
            "message": .text(message), "remedy": .text(remedy),
        ]
    }
}
