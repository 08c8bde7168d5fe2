import CanvassCoding

/// A page to print, with a card for each person: a QR code, and what to do with it. It needs nothing from elsewhere and runs
/// nothing.
package struct InviteSheet: Sendable {
    let invites: [PersonalInvite]

    package init(_ invites: [PersonalInvite]) {
        self.invites = invites
    }

    package var html: String {
        let title = invites.count == 1 ? "1 invite" : "\(invites.count) invites"
        let page: HTML = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <meta name="referrer" content="no-referrer">
            <meta http-equiv="Content-Security-Policy" content="\(InviteSheet.policy)">
            <title>\(title)</title>
            \(InviteSheet.styleElement)
            </head>
            <body>
            <header>
            <h1>\(title)</h1>
            <p>Each card is a key: whoever has it can join in that person’s name, once. Cut the cards apart, give each to its
            person alone, and keep or destroy this page like a key.</p>
            </header>
            <main>
            \(HTML(invites.map(card)))
            </main>
            </body>
            </html>

            """
        return page.source
    }

    private func card(_ invite: PersonalInvite) -> HTML {
        let person = invite.person
        let language: HTML = person.language.map { "<dt>Language</dt><dd>\($0)</dd>" } ?? ""
        let campaign: HTML = invite.campaign.map { "<dt>Campaign</dt><dd dir=\"auto\">\($0)</dd>" } ?? ""
        let team: HTML = person.team.map { "<dt>Team</dt><dd dir=\"auto\">\($0)</dd>" } ?? ""
        return """
            <section>
            \(picture(of: invite.invite.link))
            <div>
            <h2 dir="auto">\(person.name)</h2>
            <dl>
            <dt>Role</dt><dd>\(invite.invite.roles.joined(separator: ", "))</dd>
            \(campaign)\(team)\(language)
            <dt>Until</dt><dd>\(TimeText.utc(invite.invite.expires)) UTC</dd>
            </dl>
            <p>On your device, with network, once:</p>
            <p class="link">canvass join '\(invite.invite.link)'</p>
            </div>
            </section>

            """
    }

    /// Nothing for an address so long that no code holds it: the link beside it works all the same.
    private func picture(of link: String) -> HTML {
        guard let code = QRCode(Array(link.utf8)) else { return "" }
        let side = code.size + 2 * QRCode.quietZone
        return """
            <svg viewBox="0 0 \(side) \(side)" role="img" aria-label="QR code of the link" shape-rendering="crispEdges">
            <rect width="\(side)" height="\(side)" fill="#fff"/>
            <path fill="#000" d="\(code.outline)"/>
            </svg>
            """
    }

    // MARK: Style

    private static let style = """
        body { font: 10pt/1.35 system-ui, sans-serif; color: #000; background: #fff; margin: 1.5rem auto; max-width: 190mm; }
        h1 { font-size: 14pt; margin: 0; }
        header p { margin: 0.3rem 0 1rem; }
        main { display: grid; grid-template-columns: 1fr 1fr; }
        section { display: flex; gap: 3mm; padding: 4mm 3mm; border: 0.2mm dashed #888; break-inside: avoid; }
        section div { min-width: 0; }
        svg { width: 38mm; height: 38mm; flex: none; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        h2 { font-size: 12pt; margin: 0 0 1mm; overflow-wrap: anywhere; }
        dl { display: grid; grid-template-columns: auto 1fr; gap: 0 2mm; margin: 0; }
        dt { color: #444; }
        dd { margin: 0; overflow-wrap: anywhere; }
        p { margin: 1mm 0 0; }
        .link { font: 7.5pt/1.3 ui-monospace, monospace; overflow-wrap: anywhere; }
        @page { size: A4; margin: 10mm; }
        @media print { body { margin: 0; max-width: none; } }
        @media (max-width: 150mm) { main { grid-template-columns: 1fr; } }

        """

    /// A literal would be markup: the style holds none.
    private static let styleElement = HTML(styleSheet: style)

    /// Nothing may be fetched or run, and of styles only the one that is here.
    private static let policy: String = {
        let hash = Base64URL.encode(SHA256.hash(Array(style.utf8)))
        let standard = hash.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        return "default-src 'none'; style-src 'sha256-\(String(standard))='; base-uri 'none'; form-action 'none'"
    }()
}

extension QRCode {
    /// The dark modules as a path of SVG, a rectangle for each run in a row, in units of a module, quiet zone included.
    fileprivate var outline: String {
        var path = ""
        for row in 0..<size {
            var column = 0
            while column < size {
                guard isDark(row: row, column: column) else {
                    column += 1
                    continue
                }
                let start = column
                while isDark(row: row, column: column) { column += 1 }
                path +=
                    "M\(start + QRCode.quietZone) \(row + QRCode.quietZone)h\(column - start)v1H\(start + QRCode.quietZone)z"
            }
        }
        return path
    }
}
