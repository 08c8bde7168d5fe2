#!/usr/bin/env python3
"""Checks that the model reads the golden vectors of ../vectors, and refuses those that a reader must refuse.

    python3 check_vectors.py

Prints how many cases it tried; exits with 1 after naming each that went wrong.
"""

import json
import pathlib
import sys

FOLDER = pathlib.Path(__file__).parent
sys.path.insert(0, str(FOLDER))

from canvass_model import Invalid, Replica, cbor, decode, read_body, read_segment, read_vector, version_vector


def again(content: bytes) -> bytes:
    return decode(content).raw


def vector_again(content: bytes) -> bytes:
    return cbor(version_vector(read_vector(decode(content))))


def dots(content: bytes) -> list[str]:
    return [change.dot.hex() for change in read_segment(content).changes]


def digest_of(segments: list[str]) -> str:
    """What a replica makes of segments that come in this order."""
    read = [read_segment(bytes.fromhex(segment)) for segment in segments]
    replica = Replica(read[0].scope)
    for segment in read:
        for change in segment.changes:
            replica.apply(change)
    return f"{replica.digest():016x}"


def cases():
    """A description, what to run on what, and what it must give: None for a refusal."""
    for name, read in (("cbor", again), ("version-vectors", vector_again), ("segments", dots)):
        vectors = json.loads((FOLDER.parent / "vectors" / f"{name}.json").read_text(encoding="utf-8"))
        for case in vectors["accepted"]:
            content = bytes.fromhex(case["hex"])
            yield f"{name}: {case['hex'][:40]}", read, content, case["changes"] if name == "segments" else content
        for case in vectors["refused"]:
            yield f"{name}: {case['why']}", read, bytes.fromhex(case["hex"]), None
    void = json.loads((FOLDER.parent / "vectors" / "void-changes.json").read_text(encoding="utf-8"))
    for case in void["accepted"]:
        yield f"void-changes: {case['what']}", digest_of, case["segments"], case["digest"]
    for case in void["refused"]:
        yield f"void-changes: {case['why']}", digest_of, case["segments"], None
    changes = json.loads((FOLDER.parent / "vectors" / "changes.json").read_text(encoding="utf-8"))
    for case in changes["refusedBodies"]:
        yield f"bodies: {case['why']}", read_body, bytes.fromhex(case["hex"]), None


def main() -> int:
    tried = wrong = 0
    for what, read, content, expected in cases():
        tried += 1
        try:
            result = read(content)
        except Invalid:
            result = None
        if result != expected:
            wrong += 1
            print(f"{what}: {'not refused' if expected is None else 'read otherwise'}", file=sys.stderr)
    print(f"{tried} cases, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
