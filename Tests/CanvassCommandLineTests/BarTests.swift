import CanvassCommandLine
import Testing

@Suite struct BarTests {
    @Test(arguments: [
        (0.0, "    "), (1.0, "████"), (0.5, "██  "), (0.125, "▌   "), (0.28125, "█▏  "), (-1, "    "), (7, "████"),
        (.nan, "    "), (.infinity, "████"), (0.0001, "    "),
    ])
    func `a bar is drawn in eighths`(_ fraction: Double, _ expected: String) {
        #expect(Bar.draw(fraction, width: 4, isUTF8: true) == expected)
    }

    @Test func `without UTF-8 it is drawn in ASCII`() {
        #expect(Bar.draw(0.5, width: 4, isUTF8: false) == "##  ")
        #expect(Bar.draw(.nan, width: 4, isUTF8: false) == "    ")
        #expect(Bar.draw(1, width: -1, isUTF8: false).isEmpty)
    }
}
