import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassCommandLine

/// `canvass bundle`
enum BundleCommands {
    static let command = Command(
        "bundle", "Carry changes in a file, where no network goes.",
        discussion: """
            A bundle holds changes as they are, readable by whoever has the file: treat it like the replica. The relay goes \
            by the seals of the devices that made the changes, so anybody enrolled may bring it.
            """,
        examples: [
            Example("canvass bundle export ana.bundle", "Put everything into a file."),
            Example("canvass bundle import ana.bundle", "Take from somebody's file what this device may read."),
        ],
        subcommands: [export, importing, send, show])

    private static let file = Positional("FILE", .path, "The bundle.")
    private static let scopes = Option(
        repeating: "scope", .text, placeholder: "SCOPE",
        "Only these: a kind (design, office, team, responses, roster), or KIND/ID.")
    private static let receiver = Option(
        "for", .path, placeholder: "OTHER",
        "Leave out what the receiver holds: a bundle of theirs, or the id of their replica.")

    // MARK: export

    private static let export = Command(
        "export", "Put changes into a file.",
        discussion: """
            Everything that this replica holds, whoever made it, but for the roster, which has to be named. A bundle also \
            says what its maker holds: with --for, only what the other side lacks goes in.
            """,
        examples: [
            Example("canvass bundle export ana.bundle", "Everything."),
            Example("canvass bundle export ana.bundle --scope responses", "Responses only."),
            Example("canvass bundle export ana.bundle --for ben.bundle", "What Ben lacked when he made his."),
        ],
        options: [scopes, receiver], positionals: [file],
        run: { arguments, output in
            let replica = try ReplicaLocation.open(arguments)
            let other = try arguments[receiver].map { try BundleCommands.receiver($0, in: replica) }
            let bundle = try replica.exportBundle(of: arguments[scopes], for: other)
            try OutputFile.replace(arguments[file], with: bundle.bytes)
            if output.isJSON {
                output.emit([
                    "path": .text(arguments[file]), "bytes": Value(bundle.bytes.count),
                    "changes": Value(bundle.changes),
                    "scopes": .list(bundle.scopes.map(\.value)),
                ])
            }
            output.print(
                """
                Wrote \(arguments[file]): \(CountText.of(bundle.changes, "change")), \
                \(NumberText.grouped(Int64(bundle.bytes.count))) bytes.
                """)
            for scope in bundle.scopes { output.print("  \(scope.text)") }
            return .done
        })

    private static func receiver(_ text: String, in replica: Replica) throws -> BundleReceiver {
        if let id = try replica.knownReceivers().first(where: { $0.description == text.uppercased() }) {
            return .replica(id)
        }
        return .bundle(try InputFile.read(text))
    }

    // MARK: import

    private static let importing = Command(
        "import", "Take from a bundle what this device may read.",
        discussion: """
            Importing twice changes nothing. What another device made is provisional until the relay has confirmed it; \
            `canvass status` and `canvass response list` say so. A damaged file gives all that is not damaged.

            Exits with 3 when something of the file is lost, or claims to be of this device and is not.
            """,
        examples: [Example("canvass bundle import ana.bundle", "Take what Ana's device gave.")],
        positionals: [file],
        run: { arguments, output in
            let replica = try ReplicaLocation.open(arguments)
            let outcome = try replica.importBundle(InputFile.read(arguments[file]))
            if output.isJSON { output.emit(outcome.value) }
            let held = outcome.held > 0 ? "; \(CountText.of(outcome.held, "change")) had been here" : ""
            output.print("Took \(CountText.of(outcome.changes, "change"))\(held).")
            for scope in outcome.applied { output.print("  \(scope.text)") }
            for scope in outcome.pending {
                output.print(wrapped: "Waiting: \(scope.text), for changes that they were made upon. Kept here.")
            }
            for scope in outcome.leftOut {
                output.print(
                    wrapped: """
                        Left out: \(scope.text): this device may not read them. `canvass bundle send` hands them to the relay.
                        """)
            }
            for scope in outcome.forged {
                output.print(
                    "\("Not taken:", .red) \(scope.text): they claim to be of this device and do not have its seal.")
            }
            for loss in outcome.lost { output.print("\("Lost:", .red) \(loss)") }
            return outcome.lost.isEmpty && outcome.forged.isEmpty ? .done : .findings
        })

    // MARK: send

    private static let relay = Positional(
        optional: "RELAY", .text, "The relay's address; by default the relay that this replica joined.")

    private static let send = Command(
        "send", "Hand a bundle to the relay, for whoever made it.",
        discussion: """
            The file goes as it is, also what this device may not read. The relay checks the seal of the device that made \
            each change, and refuses what it cannot prove.

            Exits with 3 when the relay did not take all of it.
            """,
        examples: [Example("canvass bundle send ana.bundle", "Hand Ana's changes to the relay.")],
        positionals: [file, relay],
        run: { arguments, output in
            let replica = try ReplicaLocation.open(arguments)
            let delivery = try await replica.sendBundle(InputFile.read(arguments[file]), to: arguments[relay])
            if output.isJSON {
                output.emit([
                    "relay": .text(delivery.relay), "delivered": Value(delivery.delivered),
                    "refused": .list(delivery.refused.map(Value.text)), "lost": .list(delivery.lost.map(Value.text)),
                ])
            }
            output.print("The relay holds \(CountText.of(delivery.delivered, "change")) of the bundle.")
            for refusal in delivery.refused { output.print("\("Refused:", .red) \(refusal)") }
            for loss in delivery.lost { output.print("\("Lost:", .red) \(loss)") }
            return delivery.refused.isEmpty && delivery.lost.isEmpty ? .done : .findings
        })

    // MARK: show

    private static let show = Command(
        "show", "Say what is in a bundle.",
        examples: [Example("canvass bundle show ana.bundle", "Look into a file before importing it.")],
        positionals: [file],
        run: { arguments, output in
            let listing = try Replica.inspectBundle(InputFile.read(arguments[file]))
            if output.isJSON { output.emit(listing.value) }
            output.print(listing.facts)
            if !listing.parts.isEmpty {
                output.print()
                output.print(listing.table)
            }
            return listing.lost.isEmpty ? .done : .findings
        })
}

extension ScopeCount {
    fileprivate var text: String { "\(name): \(CountText.of(changes, "change"))" }

    fileprivate var value: Value {
        ["scope": .text(scope.description), "name": .text(name), "changes": Value(changes)]
    }
}

extension BundleOutcome {
    fileprivate var value: Value {
        [
            "maker": Value(maker?.description), "changes": Value(changes), "applied": .list(applied.map(\.value)),
            "held": Value(held), "pending": .list(pending.map(\.value)), "caughtUp": Value(caughtUp),
            "leftOut": .list(leftOut.map(\.value)), "forged": .list(forged.map(\.value)),
            "lost": .list(lost.map(Value.text)),
        ]
    }
}

extension BundleListing {
    fileprivate var facts: KeyValueList {
        var facts = KeyValueList()
        facts.add("Made by", replica.map { "replica \($0)" } ?? "unknown")
        if let madeMilliseconds { facts.add("Made at", TimeText.local(madeMilliseconds)) }
        if let organisation { facts.add("Organisation", organisation.description) }
        facts.add("Certificates", "\(certificates)")
        for loss in lost { facts.add("Lost", loss, .red) }
        return facts
    }

    fileprivate var table: Table {
        var table = Table([
            .init("SCOPE"), .init("SEGMENTS", .right), .init("CHANGES", .right), .init("SEALED", .right),
        ])
        for part in parts {
            table.add([
                StyledText(part.scope.description), "\(part.segments)",
                StyledText(NumberText.grouped(Int64(part.changes))), StyledText(NumberText.grouped(Int64(part.sealed))),
            ])
        }
        return table
    }

    fileprivate var value: Value {
        [
            "organisation": Value(organisation?.description), "device": Value(device?.description),
            "replica": Value(replica?.description), "madeMilliseconds": Value(madeMilliseconds),
            "certificates": Value(certificates), "lost": .list(lost.map(Value.text)),
            "scopes": .list(
                parts.map { part in
                    [
                        "scope": .text(part.scope.description), "segments": Value(part.segments),
                        "changes": Value(part.changes), "sealed": Value(part.sealed),
                    ]
                }),
        ]
    }
}
