#!/usr/bin/env python3
"""Checks that the golden vectors and the CDDL schema agree. Needs `pip install pycddl cbor2`."""

import json
import pathlib
import sys

import cbor2
import pycddl

FOLDER = pathlib.Path(__file__).parent
SCHEMA = (FOLDER.parent / "schema.cddl").read_text(encoding="utf-8")


def load(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def cases():
    """(rule, what, hexadecimal, whether the schema must accept it)"""
    changes, segments = load("changes"), load("segments")
    for change in changes["chain"] + changes["other"]:
        yield "change-head", f"head of {change['dot']}", change["head"], True
        yield "change-body", f"body of {change['dot']}", change["body"], True
    for vector in load("version-vectors")["accepted"]:
        yield "version-vector", "version vector", vector["hex"], True
    for entry in load("lists")["places"]:
        yield "place", "place", cbor2.dumps(entry["place"]).hex(), entry["place"] != "no place"
    for segment in segments["accepted"]:
        yield from segment_cases(segment["what"], bytes.fromhex(segment["hex"]))
    for case in load("void-changes")["accepted"]:
        if "a body that is none" not in case["what"]:
            for segment in case["segments"]:
                yield from segment_cases(case["what"], bytes.fromhex(segment))
    for message in load("messages")["messages"]:
        yield message["rule"], message["rule"], message["cbor"], True
        content = cbor2.loads(bytes.fromhex(message["cbor"]))
        for segment in content.get("push", []) + content.get("segments", []):
            yield from segment_cases(f"segment of a {message['rule']}", segment)
    yield "bundle-header", "header of a bundle", load("bundle")["header"], True
    for content in [load("seals")["certificate"]]:
        yield "certificate", "certificate", content, True
        yield "certificate-payload", "payload of a certificate", cbor2.loads(bytes.fromhex(content))[0].hex(), True
    # What the grammar alone shows to be wrong; order, hashes and limits are beyond a schema.
    for body in changes["refusedBodies"]:
        if body["why"] == "an id of 15 bytes":
            yield "change-body", body["why"], body["hex"], False
    for vector in load("version-vectors")["refused"]:
        if vector["why"] == "the sequence 0":
            yield "version-vector", vector["why"], vector["hex"], False
    for segment in segments["refused"]:
        if segment["why"] == "format 2":
            yield "segment", segment["why"], segment["hex"], False


def segment_cases(what: str, encoded: bytes):
    """A segment with what its byte strings hold."""
    yield "segment", what, encoded.hex(), True
    codec, body = (cbor2.loads(encoded)[place] for place in (8, 10))
    yield ("plain-body", "columns-body")[codec], f"{what}: body", body.hex(), True
    for head, content, *_ in cbor2.loads(body) if codec == 0 else []:
        yield "change-head", f"{what}: head", head.hex(), True
        if content is not None:
            yield "change-body", f"{what}: body of a change", content.hex(), True


def main() -> int:
    schemas: dict[str, pycddl.Schema] = {}
    count = failures = 0
    for rule, what, text, is_valid in cases():
        # A schema's first rule is the one that is validated.
        schema = schemas.setdefault(rule, pycddl.Schema(f"start = {rule}\n{SCHEMA}"))
        try:
            schema.validate_cbor(bytes.fromhex(text))
            accepted = True
        except pycddl.ValidationError as error:
            accepted, reason = False, error
        count += 1
        if accepted != is_valid:
            failures += 1
            print(f"{rule}, {what}: {'accepted' if accepted else reason}", file=sys.stderr)
    print(f"{count} checks, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
