#!/usr/bin/env python3
"""Checks the engine's histories against the model.

    canvass-bench histories --count 500 --seed 1 | python3 check_histories.py -
    python3 check_histories.py FILE

Each line is a history as JSON: its segments in an order in which they can be applied, and what the engine made of them.
The model decodes the segments, recomputes every hash, and applies the changes in that order and, one by one, in another
causal order. Whatever it holds must be what the engine holds. Prints counts; at the first difference it prints that and
exits with 1.
"""

import base64
import collections
import json
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from canvass_model import ALIVE, PLACE, Change, Invalid, Outline, Replica, cbor, read_segment, require, version_vector


class Difference(Exception):
    """Where the two disagree, and what each says."""


def differ(where: str, engine, model) -> None:
    if engine != model:
        raise Difference(f"{where}\n  engine: {engine}\n  model:  {model}")


def held_by(segments: list[bytes], scope: bytes, counts: collections.Counter) -> Replica:
    """Applies segments as a peer does, and holds their writers to what section 11 asks of them."""
    replica = Replica(scope)
    for content in segments:
        segment = read_segment(content)
        require(segment.scope == scope, "a segment of another scope")
        for offset, change in enumerate(segment.changes):
            require(offset == 0 or not change.difference, "a segment that goes on past a context difference")
            replica.apply(change)
        first = segment.changes[0].previous
        require(segment.starting_context == replica.contexts.get(first, {}), "another starting context")
        counts["segments"] += 1
    return replica


def another_order(changes: list[Change], source: random.Random) -> list[Change]:
    """The same changes, each after its context; one without a body after its mark, too."""
    waiting, holder, marked, order = list(changes), set(), set(), []
    while waiting:
        ready = [
            change for change in waiting if change.needed <= holder and (change.is_readable or change.dot in marked)
        ]
        change = source.choice(ready)
        waiting.remove(change)
        holder.add(change.dot)
        marked |= change.marks
        order.append(change)
    return order


def described(replica: Replica) -> dict:
    """The state in the form of `expected`."""
    return {
        "digest": f"{replica.digest():016x}",
        "vector": cbor(version_vector(replica.vector())).hex(),
        "entities": [
            {
                "kind": kind, "id": id.hex(), "alive": entity.is_alive, "unknown": len(entity.unknown),
                "cells": [described_cell(kind, entity, cell) for cell in sorted(entity.cells, key=cell_key)],
            }
            for (kind, id), entity in sorted(
                replica.entities.items(), key=lambda item: (item[0][0].encode(), item[0][1]))
            if entity.is_made
        ],
        "outlines": [described_outline(kind, outline) for kind, outline in outlines(replica) if outline.lists],
    }  # fmt: skip


def outlines(replica: Replica) -> list[tuple[str, Outline]]:
    """Of every kind, by the bytes of the kind."""
    kinds = sorted({kind for kind, _ in replica.entities}, key=str.encode)
    return [
        (name, Outline({id: entity for (kind, id), entity in replica.entities.items() if kind == name}))
        for name in kinds
    ]


def described_outline(kind: str, outline: Outline) -> dict:
    """The list of the top first, the others by the bytes of their parents."""
    lists = sorted(outline.lists.items(), key=lambda item: (item[0] is not None, (item[0] or "").encode()))
    return {
        "kind": kind, "cut": [id.hex() for id in outline.cut],
        "lists": [{"parent": parent, "entities": [id.hex() for id in ids]} for parent, ids in lists],
    }  # fmt: skip


def cell_key(cell) -> tuple[bytes, bytes]:
    field, element = cell
    return (field.encode(), element or b"")


def described_cell(kind: str, entity, cell) -> dict:
    field, element = cell
    return {
        "field": field, "element": None if element is None else element.hex(),
        "versions": [
            {"value": version.value.hex(), "stamp": version.stamp, "dot": version.dot.hex()}
            for version in sorted(entity.cells[cell], reverse=True)
        ],
        "conflicts": [version.dot.hex() for version in entity.conflicts(kind, cell)],
    }  # fmt: skip


def compare(engine: dict, model: dict) -> None:
    """Names the first difference as closely as it can."""
    differ("version vector", engine["vector"], model["vector"])
    names = [[(entity["kind"], entity["id"]) for entity in side["entities"]] for side in (engine, model)]
    differ("entities", *names)
    for left, right in zip(engine["entities"], model["entities"]):
        entity = f"entity {left['kind']} {left['id']}"
        for key in ("alive", "unknown"):
            differ(f"{entity}, {key}", left[key], right[key])
        cells = [[(cell["field"], cell["element"]) for cell in side["cells"]] for side in (left, right)]
        differ(f"{entity}, cells", *cells)
        for one, other in zip(left["cells"], right["cells"]):
            for key in ("versions", "conflicts"):
                differ(f"{entity}, field {one['field']!r}, element {one['element']}, {key}", one[key], other[key])
    kinds = [[outline["kind"] for outline in side["outlines"]] for side in (engine, model)]
    differ("kinds with lists", *kinds)
    for left, right in zip(engine["outlines"], model["outlines"]):
        for key in ("cut", "lists"):
            differ(f"{key} of kind {left['kind']}", left[key], right[key])
    differ("digest", engine["digest"], model["digest"])
    differ("anything else", engine, model)


def check(history: dict, counts: collections.Counter) -> None:
    scope = bytes.fromhex(history["scope"])
    replica = held_by([base64.b64decode(segment) for segment in history["segments"]], scope, counts)
    compare(history["expected"], described(replica))
    other = Replica(scope)
    for change in another_order(list(replica.held.values()), random.Random(history["seed"])):
        other.apply(change)
    try:
        compare(history["expected"], described(other))
    except Difference as difference:
        raise Difference(f"in another order: {difference}") from None
    count(replica, counts)


def count(replica: Replica, counts: collections.Counter) -> None:
    """What the histories hold, so that a run shows that it met the hard cases."""
    counts["histories"] += 1
    counts["changes"] += len(replica.held)
    counts["histories with forks"] += any(len(tips) > 1 for tips in replica.vector().values())
    counts["void changes"] += sum(map(replica.is_void, replica.held.values()))
    counts["dropped bodies"] += sum(change.body is None for change in replica.held.values())
    counts["erasures"] += sum(len(change.erased) for change in replica.held.values() if not replica.is_void(change))
    for _, outline in outlines(replica):
        counts["placed entities"] += sum(map(len, outline.lists.values()))
        counts["lists of several"] += sum(len(ids) > 1 for ids in outline.lists.values())
        counts["lists in entities"] += sum(parent is not None and len(parent) == 26 for parent in outline.lists)
        counts["circles cut"] += len(outline.cut)
    deleted = {
        edit[:2] for change in replica.held.values() for edit in change.edits
        if any(operation.code == 1 and operation.cell == (ALIVE, None) for operation in edit.operations)
    }  # fmt: skip
    counts["deleted entities that live"] += sum(
        replica.entities[name].is_alive for name in deleted if name in replica.entities)
    for (kind, _), entity in replica.entities.items():
        counts["entities"] += 1
        counts["deleted entities"] += not entity.is_alive
        counts["unknown operations"] += len(entity.unknown)
        for cell, versions in entity.cells.items():
            counts["cells"] += 1
            counts["cells of sets"] += cell[1] is not None
            counts["cells with several versions"] += len(versions) > 1
            counts["conflicts"] += bool(entity.conflicts(kind, cell))
            counts["concurrent moves"] += cell == (PLACE, None) and len(versions) > 1


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    counts: collections.Counter = collections.Counter()
    with sys.stdin if sys.argv[1] == "-" else open(sys.argv[1], encoding="utf-8") as lines:
        for line in lines:
            history = json.loads(line)
            try:
                check(history, counts)
            except (Difference, Invalid) as problem:
                print(f"seed {history['seed']}: {problem}", file=sys.stderr)
                return 1
    if counts["histories"] == 0:
        print("no histories were read", file=sys.stderr)
        return 1
    for what, number in counts.items():
        print(f"{number:>9,} {what}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
