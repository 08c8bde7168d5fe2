#!/usr/bin/env python3
"""Writes the golden vectors beside this file.

Everything is computed from Protocol/README.md with the standard library alone, never by running Canvass, so that the
vectors check the implementation and the specification against each other. What reads and merges is the model in
../conformance; what writes is here.

    python3 generate.py            writes the files
    python3 generate.py --check    fails when a file is not what would be written
"""

import base64
import hmac
import json
import pathlib
import struct
import sys

FOLDER = pathlib.Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent / "conformance"))

import canvass_model as model
from canvass_model import (
    ALPHABET, MASK, Raw, cbor, chain_next, chain_start, number_text, put_stamp, sha256, siphash, version_vector,
)  # fmt: skip


# Identifiers

def entity_id(milliseconds: int, random: tuple[int, int]) -> bytes:
    high = milliseconds << 16 | 0x7000 | random[0] & 0xFFF
    low = 1 << 63 | random[1] >> 2
    return struct.pack(">QQ", high, low)


def secret_text(content: bytes) -> str:
    """The text form of tokens and invites: the bits in order, the last character filled up with zero bits."""
    length = (8 * len(content) + 4) // 5
    number = int.from_bytes(content, "big") << 5 * length - 8 * len(content)
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


# Changes


def edit(kind: str, entity: bytes, operations: list[list]) -> Raw:
    encoded = sorted(cbor(operation) for operation in operations)
    return Raw(cbor([kind, entity, [Raw(operation) for operation in encoded]]))


def change_body(edits: list[Raw]) -> bytes:
    return cbor([Raw(item) for item in sorted(edits)])


class Change:
    def __init__(self, scope, replica, sequence, previous, context, stamp, author, edits):
        self.replica, self.sequence, self.previous = replica, sequence, previous
        self.context, self.stamp, self.author = context, stamp, author
        self.head = cbor([version_vector(context), stamp, author])
        self.body = change_body([edit(*item) for item in edits])
        self.edits = edits
        self.hash = chain_next(previous, self.head, sha256(self.body))

    @property
    def check(self) -> bytes:
        return self.hash[:8]

    @property
    def dot(self) -> bytes:
        return self.replica + struct.pack(">Q", self.sequence) + self.check


# Segments


def leb128(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


def zigzag(number: int) -> bytes:
    return leb128(number << 1 if number >= 0 else ~number << 1 | 1)


def block(content: bytes) -> bytes:
    return leb128(len(content)) + content


def stored_deflate(content: bytes) -> bytes:
    """Raw DEFLATE without compression (RFC 1951, section 3.2.4): the same bytes from every encoder."""
    assert len(content) < 65536
    return b"\x01" + struct.pack("<HH", len(content), len(content) ^ 0xFFFF) + content


def plain_body(changes: list[Change], dropped: set[int] = frozenset()) -> bytes:
    return cbor(
        [[c.head, None, sha256(c.body)] if c.sequence in dropped else [c.head, c.body] for c in changes]
    )


def value_column(values: list) -> bytes:
    if all(isinstance(value, int) and not isinstance(value, bool) for value in values):
        return b"\x00" + b"".join(map(zigzag, values))
    if all(isinstance(value, str) for value in values):
        return b"\x03" + b"".join(block(value.encode()) for value in values)
    return b"\x04" + b"".join(block(cbor(value)) for value in values)


def columns(changes: list[Change]) -> tuple[bytes, bytes]:
    """What a codec 1 body holds, for changes of which the regular ones have one kind. Returns plain and columns."""

    def is_regular(change: Change) -> bool:
        return len(change.edits) == 1 and all(op[0] == 0 and len(op) == 3 for op in change.edits[0][2])

    plain, out, last = b"", b"", 0
    for change in changes:
        out += zigzag(change.stamp - last)
        last = change.stamp
    authors = list(dict.fromkeys(change.author for change in changes))
    out += leb128(len(authors)) + b"".join(leb128(authors.index(change.author)) for change in changes)
    plain += b"".join(authors)
    out += b"".join(block(cbor(version_vector(change.context))) for change in changes)
    out += bytes(0 if is_regular(change) else 1 for change in changes)
    out += b"".join(block(change.body) for change in changes if not is_regular(change))
    regular = [(index, change.edits[0]) for index, change in enumerate(changes) if is_regular(change)]
    kinds = {item[0] for _, item in regular}
    assert len(kinds) == 1
    out += leb128(1) + block(kinds.pop().encode()) + leb128(len(regular))
    last = 0
    for index, _ in regular:
        out += leb128(index - last)
        last = index
    last = 0
    for _, (_, entity, _) in regular:
        milliseconds = int.from_bytes(entity[:6], "big")
        out += zigzag(milliseconds - last)
        last = milliseconds
        plain += entity[6:]
    fields = sorted({op[1] for _, item in regular for op in item[2]}, key=lambda name: cbor(name))
    out += leb128(len(fields))
    for field in fields:
        held = [[op[2] for op in item[2] if op[1] == field] for _, item in regular]
        bits = bytearray((len(regular) + 7) // 8)
        for row, values in enumerate(held):
            if values:
                bits[row // 8] |= 1 << row % 8
        out += block(field.encode()) + (b"\x01" if all(held) else b"\x00" + bytes(bits))
        out += value_column([value for values in held for value in values])
    return plain, out


def segment(scope, changes, starting_context, codec, body, seals=(None, None, None), dropped=frozenset()) -> bytes:
    size = sum(len(c.head) + (0 if c.sequence in dropped else len(c.body)) for c in changes)
    first = changes[0]
    return cbor(
        [1, scope, first.replica, first.sequence, len(changes), version_vector(starting_context), first.previous,
         changes[-1].hash, codec, size, body, list(seals)]
    )  # fmt: skip


# JSON


def plain_value(content: bytes):
    """The value of an item that is not a list and not a map."""
    return model.decode(content).value


def json_form(item):
    """The JSON form of a value."""
    match item:
        case bytes():
            return {"$bytes": base64.urlsafe_b64encode(item).rstrip(b"=").decode()}
        case list():
            return [json_form(element) for element in item]
        case dict():
            return {key: json_form(value) for key, value in item.items()}
    return item


# The example that the specification goes through

MEMBER = entity_id(1_495_324_800_000, (0x0123456789ABCDEF, 0xFEDCBA9876543210))
SURVEY = entity_id(1_495_324_800_001, (0x1111111111111111, 0x2222222222222222))
VERSION = entity_id(1_495_324_800_002, (0x3333333333333333, 0x4444444444444444))
RESPONSE = entity_id(1_495_411_200_000, (0x5555555555555555, 0x6666666666666666))
DEVICE_A = entity_id(1_495_324_800_003, (0x7777777777777777, 0x8888888888888888))
DEVICE_B = entity_id(1_495_324_800_004, (0x9999999999999999, 0xAAAAAAAAAAAAAAAA))
ORGANISATION = entity_id(1_495_324_700_000, (0xBBBBBBBBBBBBBBBB, 0xCCCCCCCCCCCCCCCC))
REPLICA_A = bytes.fromhex("0123456789abcdef")
REPLICA_B = bytes.fromhex("fedcba9876543210")
SCOPE = b"\x04" + MEMBER

START_A = chain_start(SCOPE, REPLICA_A)
A1 = Change(
    SCOPE, REPLICA_A, 1, START_A, {}, 1_495_411_200_000, DEVICE_A,
    [("response", RESPONSE, [
        [0, "@survey", number_text(SURVEY)], [0, "@version", number_text(VERSION)],
        [0, "@finished", 1_495_411_200_000], [0, "nps", 9], [0, "comment", "Très bien"]])])  # fmt: skip
B1 = Change(
    SCOPE, REPLICA_B, 1, chain_start(SCOPE, REPLICA_B), {REPLICA_A: [(1, A1.check)]}, 1_495_411_260_000, DEVICE_B,
    [("response", RESPONSE, [[0, "nps", 3]])])  # fmt: skip
A2 = Change(
    SCOPE, REPLICA_A, 2, A1.hash, {}, 1_495_411_250_000, DEVICE_A,
    [("response", RESPONSE, [[0, "nps", 8], [0, "weight", 1.1]])])  # fmt: skip
A3 = Change(
    SCOPE, REPLICA_A, 3, A2.hash, {REPLICA_B: [(1, B1.check)]}, 1_495_411_255_000, DEVICE_A,
    [("response", RESPONSE, [
        [0, "nps", 8, {2: 5_001, 3: sorted([A2.dot, B1.dot])}], [0, "tag", True, {1: "café"}], [1, "comment"],
        [7, "of a later version"]])])  # fmt: skip


def identifiers():
    return {
        "entities": [
            {"milliseconds": ms, "random": [f"{word:016x}" for word in random], "hex": entity_id(ms, random).hex(),
             "text": number_text(entity_id(ms, random))}
            for ms, random in [
                (1_495_324_800_000, (0x0123456789ABCDEF, 0xFEDCBA9876543210)), (0, (0, 0)),
                ((1 << 48) - 1, (MASK, MASK))]
        ],
        "replicas": [{"hex": r.hex(), "text": number_text(r)} for r in [REPLICA_A, REPLICA_B, bytes(8), b"\xff" * 8]],
        "scopes": [
            {"kind": kind, "id": MEMBER.hex(), "hex": (bytes([code]) + MEMBER).hex(),
             "text": f"{kind}/{number_text(MEMBER)}"}
            for code, kind in enumerate(["roster", "design", "office", "team", "responses"])
        ],
        "dots": [{"replica": REPLICA_A.hex(), "sequence": 1, "check": A1.check.hex(), "hex": A1.dot.hex()}],
        "secrets": [{"hex": s.hex(), "text": secret_text(s)} for s in [bytes(range(16)), b"\xff" * 16]],
    }  # fmt: skip


def cbor_cases():
    values = [
        0, 23, 24, 255, 256, 65_535, 65_536, 4_294_967_295, 4_294_967_296, 2**53, 2**53 + 1, 2**63 - 1, -1, -24, -25,
        -(2**63), 1.5, 0.1, 100_000.5, 1e300, 5.960464477539063e-08, -4.1, True, False, None, "", "a", "Très bien",
        "e\u0301", "😀", [], [1, [2, 3]], {}, {"b": 1, "aa": 2, "a": 3}, b"", b"\x00\xff",
    ]  # fmt: skip
    return {
        "accepted": [{"json": json_form(value), "hex": cbor(value).hex()} for value in values],
        "refused": [
            {"why": why, "hex": text}
            for why, text in [
                ("an integer in a longer form", "1800"), ("an integer in a longer form", "190001"),
                ("a whole number as a float", "f93c00"), ("a float longer than needed", "fb3ff8000000000000"),
                ("an infinity", "f97c00"), ("not a number", "f97e00"), ("an indefinite length", "9f01ff"),
                ("unsorted keys", "a2616201616102"), ("a key twice", "a2616101616102"), ("invalid UTF-8", "61ff"),
                ("a truncated array", "8201"), ("bytes after the item", "0101"),
                ("a count beyond the input", "9b00000000ffffffff"), ("33 arrays", "81" * 33 + "00"),
                ("a bignum that an integer holds", "c24101"),
            ]
        ],
    }  # fmt: skip


def version_vectors():
    vectors = [
        {}, {REPLICA_A: [(1, A1.check)]}, {REPLICA_B: [(1, B1.check)], REPLICA_A: [(3, A3.check)]},
        {REPLICA_A: [(2, A2.check), (2, b"\x00" * 8)]},
    ]  # fmt: skip
    return {
        "accepted": [
            {"tips": [{"replica": r.hex(), "sequence": s, "check": c.hex()} for r in sorted(v) for s, c in sorted(v[r])],
             "hex": cbor(version_vector(v)).hex()}
            for v in vectors
        ],
        "refused": [
            {"why": "replicas out of order", "hex": cbor([[REPLICA_B, 1, bytes(8)], [REPLICA_A, 1, bytes(8)]]).hex()},
            {"why": "a replica without a tip", "hex": cbor([[REPLICA_A]]).hex()},
            {"why": "tips out of order", "hex": cbor([[REPLICA_A, 2, bytes(8), 1, bytes(8)]]).hex()},
            {"why": "the sequence 0", "hex": cbor([[REPLICA_A, 0, bytes(8)]]).hex()},
            {"why": "a sequence beyond 63 bits", "hex": cbor([[REPLICA_A, 2**63, bytes(8)]]).hex()},
            {"why": "a check of 7 bytes", "hex": cbor([[REPLICA_A, 1, bytes(7)]]).hex()},
        ],
    }  # fmt: skip


def described(change: Change) -> dict:
    return {
        "replica": change.replica.hex(), "sequence": change.sequence, "previous": change.previous.hex(),
        "stamp": change.stamp, "author": change.author.hex(), "head": change.head.hex(), "body": change.body.hex(),
        "headHash": sha256(change.head).hex(), "bodyHash": sha256(change.body).hex(), "hash": change.hash.hex(),
        "dot": change.dot.hex(),
    }  # fmt: skip


def changes():
    refused = [
        ("operations out of order", cbor([["response", RESPONSE, [[0, "b", 1], [0, "a", 1]]]])),
        ("one cell named twice", cbor([["response", RESPONSE, [[0, "a", 1], [0, "a", 2]]]])),
        ("an edit without operations", cbor([["response", RESPONSE, []]])),
        ("an id of 15 bytes", cbor([["response", RESPONSE[:15], [[0, "a", 1]]]])),
        ("an edit twice", cbor([["response", RESPONSE, [[0, "a", 1]]]] * 2)),
        ("two edits of one entity", change_body([edit("response", RESPONSE, [[0, f, 1]]) for f in ("a", "b")])),
    ]
    stamps = [(1_000, 0), (1_000, 1), (-5, 2**63), (-5, 2**63 + 4), (-5, 2**63 + 5), (2**63 - 1, 1), (-(2**63), MASK)]
    return {
        "scope": SCOPE.hex(), "start": START_A.hex(), "chain": [described(c) for c in (A1, A2, A3)],
        "other": [described(B1)], "refusedBodies": [{"why": why, "hex": body.hex()} for why, body in refused],
        "stamps": [
            {"head": str(stamp), "option": str(offset), "put": str(put_stamp(stamp, offset))}
            for stamp, offset in stamps
        ],
    }  # fmt: skip


def digest():
    replica, steps = model.Replica(SCOPE), []
    applied = [
        (A1, {}), (B1, {REPLICA_A: 1}), (A2, {REPLICA_A: 1}), (A3, {REPLICA_A: 2, REPLICA_B: 1})
    ]  # fmt: skip
    for change, context in applied:
        replica.apply(model.Change(
            change.replica, change.sequence, change.previous, change.head, change.body, sha256(change.body)))  # fmt: skip
        entity = replica.entities["response", RESPONSE]
        steps.append({
            "apply": change.dot.hex(), "context": [{"replica": r.hex(), "sequence": s} for r, s in context.items()],
            "digest": f"{replica.digest():016x}",
            "winners": {cell[0]: json_form(plain_value(entity.winner(cell).value)) for cell in sorted(entity.cells)},
            "conflicts": [cell[0] for cell in sorted(entity.cells) if entity.conflicts("response", cell)]})  # fmt: skip
    version = ["response", RESPONSE, "nps", [], 9, A1.stamp, A1.dot]
    return {
        "sipHash": [
            {"hex": bytes(range(n)).hex(), "hash": f"{siphash(bytes(range(n))):016x}"} for n in (0, 1, 7, 8, 15, 63)
        ],
        "version": {"item": cbor(version).hex(), "hash": f"{siphash(cbor(version)):016x}"},
        "entity": RESPONSE.hex(), "steps": steps,
    }  # fmt: skip


def void_changes():
    """Section 7: marks, erasures and what is left without the changes that they void."""
    relay = bytes.fromhex("00f1e2d3c4b5a697")

    def relay_change(before: list[Change], edits) -> Change:
        previous = before[-1].hash if before else chain_start(SCOPE, relay)
        return Change(SCOPE, relay, len(before) + 1, previous, {}, 1_495_411_300_000, ORGANISATION, edits)

    def marks(*marked: tuple[Change, str]):
        return ("mark", ORGANISATION, [[2, change.dot, reason] for change, reason in marked])

    order = ("erasure", SURVEY, [[0, "hash", sha256(RESPONSE)]])
    mark = relay_change([], [marks((A2, "forbidden"))])
    on_mark = relay_change([mark], [marks((mark, "misplaced"))])
    erasure = relay_change([], [order, marks((A1, "erased"), (B1, "erased"), (A2, "erased"))])
    bare = relay_change([], [order])
    withdrawn = relay_change([bare], [marks((bare, "misplaced"))])
    forged = Change(
        SCOPE, REPLICA_B, 2, B1.hash, {}, 1_495_411_270_000, DEVICE_B,
        [marks((A1, "revoked")), ("note", SURVEY, [[2, A1.dot, "revoked"]])])  # fmt: skip
    voided = relay_change([], [marks((forged, "misplaced"))])
    unreadable = Change(SCOPE, REPLICA_A, 2, A1.hash, {}, 1_495_411_250_000, DEVICE_A, [("response", RESPONSE, [])])
    on_unreadable = relay_change([], [marks((unreadable, "of a later version"))])
    cases = [
        ("a mark after its change: what it had replaced returns", [A1, B1, A2, A3, mark], []),
        ("a mark before its change", [mark, A1, B1, A2, A3], []),
        ("a change without a body behind its mark", [mark, A1, B1, A2, A3], [A2]),
        ("marks are never withdrawn", [mark, on_mark, A1, B1, A2, A3], []),
        ("an erasure, its marks, and a later edit", [A1, B1, A2, erasure, A3], []),
        ("the same from a relay", [erasure, A1, B1, A2, A3], [A1, B1, A2]),
        ("an erasure whose marks are yet to come", [A1, B1, bare, A2, A3], []),
        ("an erasure that is void itself", [A1, B1, bare, A2, A3, withdrawn], []),
        ("marks by a device, and outside an edit that marks are in, mark nothing", [A1, B1, forged], []),
        ("and are void when they are marked", [A1, B1, forged, voided], []),
        ("a body that is none, with its mark", [on_unreadable, A1, unreadable], []),
    ]
    accepted = []
    for what, applied, dropped in cases:
        replica, framed = model.Replica(SCOPE), []
        for change in applied:
            gone = {change.sequence} if change in dropped else set()
            framed.append(segment(SCOPE, [change], {}, 0, plain_body([change], gone), dropped=gone))
            replica.apply(model.read_segment(framed[-1]).changes[0])
        accepted.append({
            "what": what, "segments": [content.hex() for content in framed],
            "void": [dot.hex() for dot, change in replica.held.items() if replica.is_void(change)],
            "digest": f"{replica.digest():016x}",
            "entities": [
                {"kind": kind, "id": id.hex(), "winners": {
                    cell[0]: json_form(plain_value(entity.winner(cell).value)) for cell in sorted(entity.cells)
                    if cell[1] is None}}
                for (kind, id), entity in sorted(replica.entities.items()) if entity.is_made
            ],
        })  # fmt: skip
    refused = [
        ("a body is missing, and no mark allows it", [A1, A2], [A2]),
        ("a body is missing, and its mark comes later", [A1, A2, mark], [A2]),
        ("a body is none, and no mark names it", [A1, unreadable], []),
    ]
    return {
        "accepted": accepted,
        "refused": [
            {"why": why, "segments": [
                segment(SCOPE, [change], {}, 0, plain_body([change], gone), dropped=gone).hex()
                for change in applied for gone in [{change.sequence} if change in dropped else set()]]}
            for why, applied, dropped in refused
        ],
    }  # fmt: skip


def segments():
    run = [A1, A2, A3]
    plain, stream = columns(run)
    body = cbor([plain, stored_deflate(stream), len(stream)])
    seals = (bytes(range(16)), bytes(range(16, 32)), bytes(range(32, 48)))
    elsewhere = Change(
        SCOPE, REPLICA_A, 1, bytes(16), {}, 0, DEVICE_A, [("response", RESPONSE, [[0, "nps", 1]])])  # fmt: skip
    cases = [
        ("codec 0", run, {}, segment(SCOPE, run, {}, 0, plain_body(run))),
        ("codec 1, deflated without compression", run, {}, segment(SCOPE, run, {}, 1, body)),
        ("one change of another replica", [B1], {}, segment(SCOPE, [B1], {}, 0, plain_body([B1]))),
        ("codec 0 with the body of the second change dropped", run, {},
         segment(SCOPE, run, {}, 0, plain_body(run, {2}), dropped={2})),
        ("codec 0 with all seals", [A3], {}, segment(SCOPE, [A3], {}, 0, plain_body([A3]), seals)),
    ]  # fmt: skip
    return {
        "accepted": [
            {"what": what, "hex": encoded.hex(), "changes": [c.dot.hex() for c in held]}
            for what, held, _, encoded in cases
        ],
        "columns": {"plain": plain.hex(), "columns": stream.hex()},
        "refused": [
            {"why": "the last chain hash is wrong",
             "hex": cases[0][3].replace(A3.hash, bytes(16)).hex()},
            {"why": "the decoded size is wrong",
             "hex": cbor([1, SCOPE, REPLICA_B, 1, 1, [], B1.previous, B1.hash, 0, 1, plain_body([B1]),
                          [None, None, None]]).hex()},
            {"why": "a first change that does not follow the start of the chain",
             "hex": segment(SCOPE, [elsewhere], {}, 0, plain_body([elsewhere])).hex()},
            {"why": "format 2", "hex": "8c02" + cases[0][3].hex()[4:]},
        ],
    }  # fmt: skip


def device_key(key: bytes, token_hash: bytes) -> bytes:
    return hmac.digest(key, b"device" + DEVICE_A + token_hash, "sha256")


def certificate(key: bytes, token_hash: bytes) -> bytes:
    payload = cbor({
        "organisation": ORGANISATION, "device": DEVICE_A, "replica": REPLICA_A, "tokenHash": token_hash,
        "members": [{"member": MEMBER, "campaign": SURVEY, "roles": ["collector"], "team": None, "name": "Ana",
                     "language": "pt"}],
        "issued": 1_495_411_300_500,
    })  # fmt: skip
    return cbor([payload, hmac.digest(hmac.digest(key, b"certificate", "sha256"), payload, "sha256")[:16]])


def void_list(changes: list[Change]) -> bytes:
    return sha256(b"".join(struct.pack(">Q", change.sequence) + change.check for change in changes))[:16]


def device_seal(key: bytes, change: Change) -> bytes:
    return hmac.digest(key, SCOPE + change.hash, "sha256")[:16]


def relay_seal(key: bytes, change: Change, void: list[Change]) -> bytes:
    return hmac.digest(hmac.digest(key, b"seal", "sha256"), SCOPE + change.hash + void_list(void), "sha256")[:16]


ROSTER_TIP = REPLICA_B + struct.pack(">Q", 2) + bytes(range(8))


def roster_seal(key: bytes, count: int) -> bytes:
    place = struct.pack(">Q", count) + ROSTER_TIP
    return place + hmac.digest(hmac.digest(key, b"seal", "sha256"), ORGANISATION + place, "sha256")[:16]


def seals():
    key = bytes(range(32))
    token = secret_text(hmac.digest(key, b"token" + DEVICE_A + bytes(range(16)), "sha256")[:16])
    of_device = device_key(key, sha256(token.encode()))
    return {
        "scope": SCOPE.hex(), "organisation": ORGANISATION.hex(), "organisationKey": key.hex(),
        "device": DEVICE_A.hex(), "joinKey": bytes(range(16)).hex(), "token": token, "deviceKey": of_device.hex(),
        "chain": [
            {
                "dot": change.dot.hex(), "hash": change.hash.hex(), "device": device_seal(of_device, change).hex(),
                "void": [void.dot.hex() for void in voids], "voidList": void_list(voids).hex(),
                "relay": relay_seal(key, change, voids).hex(),
            }
            for change, voids in [(A1, []), (A2, [A1]), (A3, [A1, A2])]
        ],
        "roster": {"count": 3, "dot": ROSTER_TIP.hex(), "seal": roster_seal(key, 3).hex()},
        "certificate": certificate(key, sha256(token.encode())).hex(),
    }  # fmt: skip


def messages():
    key = bytes(range(32))
    token = secret_text(hmac.digest(key, b"token" + DEVICE_A + bytes(range(16)), "sha256")[:16])
    token_hash = sha256(token.encode())
    request = {
        "protocol": 1, "bookmark": None, "roster": 0, "clock": 1_495_411_300_000, "pageBytes": 2_097_152,
        "vectors": [{"scope": SCOPE, "vector": version_vector({REPLICA_A: [(3, A3.check)]}), "digest": None}],
        "reports": [], "push": [segment(SCOPE, [A1], {}, 0, plain_body([A1]))], "certificates": [],
        "rosterSeal": None,
    }  # fmt: skip
    position = Bookmark().after(SCOPE, [A1])
    answer = {
        "reset": False, "segments": [segment(SCOPE, [B1], {}, 0, plain_body([B1]))],
        "bookmark": position.bytes, "covered": [SCOPE],
        "scopes": [{"scope": SCOPE, "vector": version_vector({REPLICA_A: [(1, A1.check)]}), "digest": None}],
        "refused": [{"scope": SCOPE, "replica": REPLICA_A, "first": 2, "item": 0, "reason": "gap",
                     "detail": "an example"}],
        "more": False, "time": 1_495_411_300_500, "position": 2, "backup": None, "rosterSeal": roster_seal(key, 3),
        "seals": [{"scope": SCOPE, "dot": A1.dot, "seal": relay_seal(key, A1, []), "voidList": void_list([])}],
        "roster": {
            "position": 1, "organisation": ORGANISATION, "own": [MEMBER],
            "scopes": [{"scope": SCOPE, "campaign": SURVEY, "team": None}],
            "people": [{"member": MEMBER, "campaign": SURVEY, "roles": ["collector"], "team": None, "name": "Ana",
                        "language": "pt", "devices": [DEVICE_A]}],
            "teams": [], "certificate": certificate(key, token_hash),
        },
    }  # fmt: skip
    join = {
        "protocol": 1, "invite": secret_text(bytes(range(16))), "device": DEVICE_A, "replica": REPLICA_A,
        "joinKey": bytes(range(16)), "name": "Ana", "language": "pt", "organisation": None, "certificate": None,
    }  # fmt: skip
    joined = {
        "token": token, "deviceKey": device_key(key, token_hash), "organisation": ORGANISATION, "member": MEMBER,
        "name": "Ana", "time": 1_495_411_300_500, "certificate": certificate(key, token_hash),
    }  # fmt: skip
    named = [("join-request", join), ("join-answer", joined), ("sync-request", request), ("sync-answer", answer)]
    return {
        "messages": [{"rule": rule, "cbor": cbor(value).hex(), "json": json_form(value)} for rule, value in named],
        "organisationKey": key.hex(),
    }


def record(kind: int, payload: bytes) -> bytes:
    head = struct.pack(">BI", kind, len(payload))
    return b"\xc5\xca\x56\x53" + head + sha256(head)[:4] + payload + sha256(head + payload)[:8]


def bundle():
    key = bytes(range(32))
    token = secret_text(hmac.digest(key, b"token" + DEVICE_A + bytes(range(16)), "sha256")[:16])
    token_hash = sha256(token.encode())
    seals = (device_seal(device_key(key, token_hash), A3), None, None)
    header = {
        "format": 1, "organisation": ORGANISATION, "device": DEVICE_A, "replica": REPLICA_A, "made": 1_495_411_300_000,
        "certificates": None, "vectors": None, "segments": None,
    }  # fmt: skip
    vector = {"scope": SCOPE, "vector": version_vector({REPLICA_A: [(3, A3.check)]}), "digest": None}
    records = [
        record(1, cbor(header)), record(2, certificate(key, token_hash)), record(3, cbor(vector)),
        record(4, segment(SCOPE, [A1, A2], {}, 0, plain_body([A1, A2]))),
        record(4, segment(SCOPE, [A3], {}, 0, plain_body([A3]), seals)),
        record(5, cbor(header | {"certificates": 1, "vectors": 1, "segments": 2})),
    ]  # fmt: skip
    return {
        "hex": (b"CNVSBNDL" + b"".join(records)).hex(),
        "header": cbor(header).hex(), "records": [len(item) for item in records],
    }  # fmt: skip


class Bookmark:
    def __init__(self, position: int = 0, rolling: bytes = bytes(16)):
        self.position, self.rolling = position, rolling

    def after(self, scope: bytes, run: list[Change]) -> "Bookmark":
        digest = sha256(self.rolling + scope + run[0].replica + run[-1].hash)
        return Bookmark(self.position + len(run), digest[:16])

    @property
    def bytes(self) -> bytes:
        return struct.pack(">Q", self.position) + self.rolling


def bookmarks():
    log, place = [], Bookmark()
    for run in ([A1], [B1], [A2, A3]):
        place = place.after(SCOPE, run)
        log.append({"segment": [c.dot.hex() for c in run], "bookmark": place.bytes.hex()})
    return {"scope": SCOPE.hex(), "log": log}


LABEL_A, LABEL_B = model.run_label(REPLICA_A, 1), model.run_label(REPLICA_B, 0xFFFF)


def lists():
    """Positions for a count of items between two neighbours; and the lists that places make."""
    block = model.run_of_positions(3, None, None, LABEL_A)
    nested = model.run_of_positions(2, block[0], block[1], LABEL_B)
    inner = model.run_of_positions(1, block[1], block[2], LABEL_A)
    gaps = [
        (3, None, None, LABEL_A), (2, block[2], None, LABEL_A), (2, None, block[0], LABEL_A),
        (1, block[2], None, LABEL_B), (1, None, block[0], LABEL_B), (2, block[0], block[1], LABEL_B),
        (1, block[0], nested[0], LABEL_A), (1, nested[1], block[1], LABEL_A), (1, nested[0], nested[1], LABEL_A),
        (1, block[1], block[2], LABEL_A), (2, inner[0], block[2], LABEL_A), (1, block[1], inner[0], LABEL_A),
        (1, block[1], inner[0], LABEL_B), (1, block[0][:-2] + "aZ", None, LABEL_A),
        (1, None, block[0][:-2] + "Z0", LABEL_A), (40, None, None, LABEL_B),
        (2, "000001", "000002", LABEL_A), (1, None, "000000", LABEL_A), (1, "000009", None, LABEL_B),
        (1, "é", "é!", LABEL_A), (1, "a", "a\0", LABEL_A), (1, "a", "a", LABEL_A), (1, None, "", LABEL_A),
        (1, "!a0", None, LABEL_A), (1, block[0][:-2] + "b05", None, LABEL_A), (1, "z" * 2048, None, LABEL_A),
        (1, block[0][:-2] + "l" + "Z" * 12, None, LABEL_A),
    ]  # fmt: skip

    def found(count: int, left: str | None, right: str | None, label: str) -> dict:
        positions = model.run_of_positions(count, left, right, label)
        return {"count": count, "after": left, "before": right, "label": label, "positions": positions}

    ids = [entity_id(1_495_324_800_000, (0, number << 2)) for number in range(9)]
    names = [number_text(id) for id in ids]
    places = [
        (0, [None, "b"], 5), (1, [None, "a"], 5), (2, [names[0], block[1]], 5), (3, [names[0], block[0]], 5),
        (4, [names[5], "a"], 7), (5, [names[6], "a"], 9), (6, [names[4], "a"], 8), (7, ["cities", "a"], 5),
        (8, "no place", 5),
    ]  # fmt: skip
    replica, before = model.Replica(SCOPE), START_A
    for sequence, (number, place, stamp) in enumerate(places, 1):
        change = Change(SCOPE, REPLICA_A, sequence, before, {}, stamp, DEVICE_A, [("item", ids[number], [[0, "place", place]])])  # fmt: skip
        replica.apply(model.Change(REPLICA_A, sequence, before, change.head, change.body, sha256(change.body)))
        before = change.hash
    outline = model.Outline({id: entity for (_, id), entity in replica.entities.items()})
    return {
        "labels": [{"replica": REPLICA_A.hex(), "nonce": 1, "label": LABEL_A},
                   {"replica": REPLICA_B.hex(), "nonce": 0xFFFF, "label": LABEL_B}],
        "positions": [found(*gap) for gap in gaps],
        "places": [{"id": ids[number].hex(), "place": place, "stamp": stamp} for number, place, stamp in places],
        "lists": [{"parent": parent, "entities": [id.hex() for id in outline.lists[parent]]}
                  for parent in sorted(outline.lists, key=lambda parent: (parent is not None, parent or ""))],
        "cut": [id.hex() for id in outline.cut],
    }  # fmt: skip


def policies():
    """Which concurrent values are a conflict for a person."""
    cells = [
        ("response", "recommend"), ("response", "@findings"), ("response", "@row"), ("response", "place"),
        ("item", "label"), ("item", "place"), ("choice", "place"), ("survey", "title"), ("survey", "version"),
        ("item", "version"), ("review", "state"), ("review", "text"), ("note", "state"), ("version", "number"),
        ("version-part", "bytes"), ("member", "name"), ("device", "revoked"), ("invite", "uses"), ("grant", "a"),
        ("contact", "phone"), ("attempt", "a"), ("erasure", "hash"), ("mark", "a"), ("campaign", "goal"), ("team", "name"), ("hologram", "a"),
    ]  # fmt: skip
    return {
        "fields": [
            {"kind": kind, "field": field, "isAsked": model.asks_a_person(kind, (field, None))} for kind, field in cells
        ],
        "elements": [{"kind": "note", "field": "tags", "isAsked": model.asks_a_person("note", ("tags", Raw(cbor("x"))))}],
    }  # fmt: skip


FILES = {
    "identifiers": identifiers, "cbor": cbor_cases, "version-vectors": version_vectors, "changes": changes,
    "digest": digest, "void-changes": void_changes, "segments": segments, "seals": seals, "messages": messages,
    "bookmarks": bookmarks, "lists": lists, "policies": policies, "bundle": bundle,
}  # fmt: skip


def main() -> int:
    stale = []
    for name, build in FILES.items():
        text = json.dumps(build(), indent=2, ensure_ascii=False) + "\n"
        path = FOLDER / f"{name}.json"
        if "--check" not in sys.argv[1:]:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path.name)
    if stale:
        print("not as generated:", ", ".join(stale), file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
