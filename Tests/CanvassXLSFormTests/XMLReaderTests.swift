import Testing

@testable import CanvassXLSForm

@Suite struct XMLReaderTests {
    private func events(_ text: String, limits: XMLReader.Limits = .init()) throws -> [XMLReader.Event] {
        var reader = try XMLReader(Array(text.utf8), limits: limits)
        var events: [XMLReader.Event] = []
        while true {
            let event = try reader.next()
            if event == .endOfDocument { return events }
            events.append(event)
        }
    }

    private func element(
        _ local: String, _ namespace: String = "", _ attributes: [XMLElement.Attribute] = []
    ) -> XMLReader.Event {
        .start(XMLElement(namespace: namespace, local: local, attributes: attributes))
    }

    @Test func `elements, attributes and text come in order`() throws {
        let events = try events("<?xml version='1.0' encoding=\"UTF-8\" ?>\n<a b = 'c'>d<e/>f</a>\n<!-- end -->\n")
        let attribute = XMLElement.Attribute(namespace: "", local: "b", value: "c")
        #expect(events == [element("a", "", [attribute]), .text("d"), element("e"), .end, .text("f"), .end])
    }

    @Test func `namespaces are resolved by prefix and scope`() throws {
        let events = try events("<x:a xmlns:x='u' x:i='1' i='2'><b xmlns='v'><x:c xmlns:x='w'/></b><x:d/><e/></x:a>")
        let attributes = [
            XMLElement.Attribute(namespace: "u", local: "i", value: "1"),
            XMLElement.Attribute(namespace: "", local: "i", value: "2"),
        ]
        #expect(
            events == [
                element("a", "u", attributes), element("b", "v"), element("c", "w"), .end, .end, element("d", "u"),
                .end,
                element("e"), .end, .end,
            ])
    }

    @Test func `references, CDATA and line ends become characters`() throws {
        let text = "<a b='&lt;&#65;&#x1F600;\t\r\n&#10;'>&amp;&apos;&quot;&gt;\r\nx\ry<![CDATA[<&]]\r\n]]>z</a>"
        var reader = try XMLReader(Array(text.utf8))
        let root = try reader.root()
        #expect(root.attribute("b") == "<A😀  \n")
        #expect(try reader.text() == "&'\">\nx\ny<&]]\nz")
        #expect(try reader.next() == .endOfDocument)
    }

    @Test func `a byte order mark is passed over`() throws {
        var reader = try XMLReader([0xEF, 0xBB, 0xBF] + Array("<?xml version=\"1.0\"?><a/>".utf8))
        #expect(try reader.root().local == "a")
    }

    @Test func `descent skips what it does not ask for`() throws {
        var reader = try XMLReader(Array("<a>1<b><c><d/></c></b>2<e>x<f>no</f>y</e></a>".utf8))
        #expect(try reader.root().local == "a")
        #expect(try reader.nextChild()?.local == "b")
        try reader.skip()
        #expect(try reader.nextChild()?.local == "e")
        #expect(try reader.text() == "xy")
        #expect(try reader.nextChild() == nil)
        #expect(try reader.next() == .endOfDocument)
    }

    @Test(arguments: [
        "", " ", "text", "<a>", "<a></b>", "</a>", "<a/><b/>", "<a/>x", "x<a/>", "<a b></a>", "<a b=c/>",
        "<a b='1' b='2'/>",
        "<a b='<'/>", "<a b='1'c='2'/>", "<a b='", "<a ", "<", "<a", "<1/>", "<a:/>", "<:a/>", "<x:a/>", "<a x:b='1'/>",
        "<a xmlns:x='u' xmlns:y='u' x:b='' y:b=''/>", "<a xmlns='u' xmlns='v'/>", "<a xmlns:x=''/>",
        "<a xmlns:xml='u'/>",
        "<a>&nbsp;</a>", "<a>&</a>", "<a>& </a>", "<a>&#0;</a>", "<a>&#xD800;</a>", "<a>&#x110000;</a>", "<a>&#;</a>",
        "<a>&#+65;</a>", "<a>&#xFFFE;</a>", "<a>]]></a>", "<a><![CDATA[</a>", "<![CDATA[x]]><a/>", "<a><!-- -- --></a>",
        "<a><!--</a>", "<a><?xml version='1.0'?></a>", "<?pi", "<a>\u{1}</a>", "<a>\u{FFFE}</a>", "<a>\u{FFFF}</a>",
        "<!DOCTYPE a><a/>", "<!doctype a><a/>", "<a><!ENTITY b 'c'></a>", "<?xml encoding='UTF-8'?><a/>",
        "<?xml version='2.0'?><a/>", "<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "<?xml version='1.0'><a/>",
        "<a / >", "< a/>", "<a></a b='1'>", "<a?>",
    ])
    func `a document that is not well formed or not in the subset is refused`(text: String) {
        #expect(throws: XMLError.self) { try events(text) }
    }

    @Test(arguments: [[0xFE, 0xFF, 0, 0x3C], [0xFF, 0xFE, 0x3C, 0], [0x3C, 0x61, 0x2F, 0x3E, 0xFF], [0xC0, 0x80]])
    func `other encodings and invalid UTF-8 are refused`(bytes: [UInt8]) {
        #expect(throws: XMLError.self) { try XMLReader(bytes) }
    }

    @Test func `limits hold at their edge`() throws {
        var limits = XMLReader.Limits()
        limits.depth = 2
        limits.attributes = 1
        limits.textBytes = 3
        _ = try events("<a b='123'><c>123</c></a>", limits: limits)
        for text in [
            "<a><b><c/></b></a>", "<a b='' c=''/>", "<a b='12345'/>", "<a>12345</a>", "<a><![CDATA[1234]]></a>",
        ] {
            #expect(throws: XMLError.self) { try events(text, limits: limits) }
        }
        var reader = try XMLReader(Array("<a>12<b/>34</a>".utf8), limits: limits)
        _ = try reader.root()
        #expect(throws: XMLError.self) { try reader.text() }
    }

    @Test func `an error names its line and column, counted in characters`() {
        let error = #expect(throws: XMLError.self) { try events("<a>\n  é😀<b></c></a>") }
        #expect(error?.line == 2)
        #expect(error?.column == 8)
    }
}
