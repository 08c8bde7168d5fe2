import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import CanvassWire

/// All that a replica says of one scope, in the form that check_histories.py compares: values and elements as the
/// hexadecimal digits of their canonical CBOR, versions with the winner first.
struct HistoryState: Equatable {
    let value: Value

    init(_ store: ReplicaStore, _ scope: ScopeID) throws {
        let (states, vector) = try store.database.read { connection in
            (try connection.states(in: scope), try connection.vector(of: scope))
        }
        let request = try store.prepareSync(withholding: [scope], clockMilliseconds: 0).request
        guard let digest = request.reports.first(where: { $0.scope == scope })?.digest else {
            throw WrongResult("no digest of \(scope)")
        }
        var writer = CBORWriter(reservingCapacity: 64)
        vector.encode(to: &writer)
        value = [
            "digest": .text("\(digest)"), "vector": .text(hexadecimal(writer.bytes)),
            "entities": .list(states.map(HistoryState.value)),
            "outlines": .list(HistoryState.outlines(of: states)),
        ]
    }

    /// The lists of each kind that has any, by the bytes of the kind; the lists by their parent, that of the top first.
    private static func outlines(of states: [EntityState]) -> [Value] {
        var kinds: [Value: [EntityState]] = [:]
        for state in states { kinds[.text(state.kind), default: []].append(state) }
        return kinds.sorted { bytes(of: $0.key).lexicographicallyPrecedes(bytes(of: $1.key)) }.compactMap {
            kind, states in
            let outline = Outline(states)
            guard !outline.lists.isEmpty else { return nil }
            let lists = outline.lists.sorted { bytes(of: $0.key).lexicographicallyPrecedes(bytes(of: $1.key)) }
            return [
                "kind": kind,
                "lists": .list(
                    lists.map { parent, entities in
                        ["parent": parent, "entities": .list(entities.map { .text(hexadecimal($0.bytes)) })]
                    }),
                "cut": .list(outline.cut.map { .text(hexadecimal($0.bytes)) }),
            ]
        }
    }

    /// Nothing before any text.
    private static func bytes(of text: Value) -> [UInt8] {
        text.textValue.map { [1] + $0.utf8 } ?? []
    }

    private static func value(_ state: EntityState) -> Value {
        let alive = EntityState.NamedCell(field: EntityState.existenceField, element: nil, cell: state.alive)
        let cells = state.cells + (state.isAlive ? [alive] : [])
        return [
            "kind": .text(state.kind), "id": .text(hexadecimal(state.entity.bytes)), "alive": .bool(state.isAlive),
            "unknown": .integer(Int64(state.unknownOperations)),
            "cells": .list(
                cells.map { (named: $0, key: key($0)) }.sorted { $0.key < $1.key }.map { value($0.named, of: state) }),
        ]
    }

    private static func value(_ named: EntityState.NamedCell, of state: EntityState) -> Value {
        [
            "field": .text(named.field),
            "element": named.element.map { .text(hexadecimal(CBOR.encode($0))) } ?? .null,
            "versions": .list(
                named.cell.versions.map { version in
                    [
                        "value": .text(hexadecimal(CBOR.encode(version.value))),
                        "stamp": .integer(version.stamp.milliseconds), "dot": .text(hexadecimal(version.dot.bytes)),
                    ]
                }),
            "conflicts": .list(state.conflicts(in: named).map { .text(hexadecimal($0.dot.bytes)) }),
        ]
    }

    /// Sorts cells alike whatever they were written in.
    private static func key(_ named: EntityState.NamedCell) -> String {
        let field = hexadecimal(Array(named.field.utf8))
        return field + " " + (named.element.map { hexadecimal(CBOR.encode($0)) } ?? "")
    }
}

/// Two digits a byte, lower case.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
