import CanvassCoding
import Testing

@Suite struct HTMLTests {
    @Test(arguments: [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"), ("a & b", "a &amp; b"),
        ("\" onload=\"x", "&quot; onload=&quot;x"), ("it's", "it&#39;s"), ("&lt;", "&amp;lt;"), ("سارة", "سارة"),
        ("a\u{0}b\u{1B}[2J", "a\u{FFFD}b\u{FFFD}[2J"), ("\u{202E}txt", "\u{FFFD}txt"), ("two\nlines", "two\nlines"),
    ]) func `data is shown and not obeyed, between tags and in attributes`(data: String, shown: String) {
        let text: HTML = "<p>\(data)</p>"
        #expect(text.source == "<p>\(shown)</p>")
        let attribute: HTML = "<p title=\"\(data)\">x</p>"
        #expect(attribute.source == "<p title=\"\(shown)\">x</p>")
    }

    @Test func `markup within markup stays markup`() {
        let name = "<b>"
        let rows: [HTML] = ["<li>\(name)</li>", "<li>2</li>"]
        let list: HTML = "<ul>\(HTML(rows))</ul>"
        #expect(list.source == "<ul><li>&lt;b&gt;</li><li>2</li></ul>")
    }

    @Test func `data within a tag is a programmer's mistake`() async {
        await #expect(processExitsWith: .failure) { _ = "<p \("x")>" as HTML }
    }

    @Test func `data in an attribute that browsers act upon is a programmer's mistake`() async {
        await #expect(processExitsWith: .failure) { _ = "<a href=\"\("javascript:alert(1)")\">x</a>" as HTML }
        await #expect(processExitsWith: .failure) { _ = "<p onclick=\"\("x")\">x</p>" as HTML }
        await #expect(processExitsWith: .failure) { _ = "<p style=\"\("x")\">x</p>" as HTML }
    }

    @Test func `scripts and open tags are a programmer's mistake`() async {
        await #expect(processExitsWith: .failure) { _ = "<script>x</script>" as HTML }
        await #expect(processExitsWith: .failure) { _ = "<p" as HTML }
        await #expect(processExitsWith: .failure) { _ = "<p title='\("x")'>" as HTML }
    }
}
