"""The merge rules of Canvass, a second time.

Written from Protocol/README.md and Protocol/schema.cddl alone, with the standard library, to check the engine and the
specification against each other. It favours the wording of the page over speed: contexts are walked along the chains,
the digest is summed anew over the whole state. Each part names the section of the page that it follows.
"""

import functools
import hashlib
import re
import struct
import zlib
from typing import Iterator, NamedTuple

MASK = (1 << 64) - 1
LARGEST = (1 << 63) - 1


class Invalid(Exception):
    """What a reader must refuse."""


def require(condition: bool, what: str) -> None:
    if not condition:
        raise Invalid(what)


# Section 3: writing canonical CBOR


class Raw(bytes):
    """Bytes that already are one canonical item."""


def initial(major: int, argument: int) -> bytes:
    if argument < 24:
        return bytes([major << 5 | argument])
    for information, width in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if argument < 1 << 8 * width:
            return bytes([major << 5 | information]) + argument.to_bytes(width, "big")
    raise ValueError(f"{argument} does not fit 64 bits")


def real(number: float) -> bytes:
    if abs(number) <= 2**53 and number == int(number):
        return cbor(int(number))
    for first, form in ((b"\xf9", ">e"), (b"\xfa", ">f"), (b"\xfb", ">d")):
        try:
            content = struct.pack(form, number)
        except OverflowError:
            continue
        if struct.unpack(form, content)[0] == number:
            return first + content
    raise ValueError(f"{number} is not finite")


def cbor(item) -> bytes:
    match item:
        case None:
            return b"\xf6"
        case bool():
            return b"\xf5" if item else b"\xf4"
        case int():
            return initial(0, item) if item >= 0 else initial(1, ~item)
        case float():
            return real(item)
        case Raw():
            return bytes(item)
        case bytes():
            return initial(2, len(item)) + item
        case str():
            content = item.encode()
            return initial(3, len(content)) + content
        case list():
            return initial(4, len(item)) + b"".join(map(cbor, item))
        case dict():
            members = sorted((cbor(key), cbor(value)) for key, value in item.items())
            return initial(5, len(members)) + b"".join(key + value for key, value in members)
    raise TypeError(repr(item))


# Section 3: reading canonical CBOR, and nothing else

UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG, OTHER = range(8)
DEEPEST = 32


class Item(NamedTuple):
    """One item and the bytes that it came as.

    value: int, bytes or str; for an array its items, for a map its pairs of items, for a tag its number and item; else
    True, False, None, a float, or the number of another simple value in a tuple of one.
    """

    raw: Raw
    major: int
    value: object


def decode(content: bytes, deepest: int = DEEPEST) -> Item:
    item, end = decode_at(content, 0, deepest)
    require(end == len(content), "bytes after the item")
    return item


def decode_at(content: bytes, start: int, levels: int) -> tuple[Item, int]:
    """levels: how many arrays, maps and tags may still be opened."""
    require(start < len(content), "a truncated item")
    major, information = content[start] >> 5, content[start] & 31
    require(information < 28, "an indefinite length or a reserved form")
    position = start + 1
    argument = information
    if information >= 24:
        width = 1 << information - 24
        position += width
        require(position <= len(content), "a truncated item")
        argument = int.from_bytes(content[start + 1 : position], "big")
    if major != OTHER:
        require(content[start:position] == initial(major, argument), "a longer form")
    require(major not in (ARRAY, MAP, TAG) or levels > 0, "nested too deep")

    left = len(content) - position
    if major == UNSIGNED:
        value = argument
    elif major == NEGATIVE:
        value = ~argument
    elif major in (BYTES, TEXT):
        require(argument <= left, "a length beyond the input")
        value = content[position : position + argument]
        position += argument
        if major == TEXT:
            try:
                value = value.decode("utf-8")
            except UnicodeDecodeError as error:
                raise Invalid("invalid UTF-8") from error
    elif major == ARRAY:
        require(argument <= left, "a count beyond the input")
        value = []
        for _ in range(argument):
            element, position = decode_at(content, position, levels - 1)
            value.append(element)
    elif major == MAP:
        require(2 * argument <= left, "a count beyond the input")
        value = []
        for _ in range(argument):
            key, position = decode_at(content, position, levels - 1)
            require(not value or value[-1][0].raw < key.raw, "keys unsorted or repeated")
            element, position = decode_at(content, position, levels - 1)
            value.append((key, element))
    elif major == TAG:
        element, position = decode_at(content, position, levels - 1)
        if argument in (2, 3) and element.major == BYTES:
            require(len(element.value) > 8 and element.value[0] != 0, "a bignum that 64 bits hold")
        value = (argument, element)
    elif information < 24:
        value = {20: False, 21: True, 22: None}.get(argument, (argument,))
    elif information == 24:
        require(argument >= 32, "a simple value in a longer form")
        value = (argument,)
    else:
        (value,) = struct.unpack({25: ">e", 26: ">f", 27: ">d"}[information], content[start + 1 : position])
        require(value - value == 0, "not a finite number")
        require(content[start:position] == real(value), "a whole number as a float, or a longer float")
    return Item(Raw(content[start:position]), major, value), position


def integer(item: Item, least: int, most: int, what: str) -> int:
    require(item.major in (UNSIGNED, NEGATIVE) and least <= item.value <= most, what)
    return item.value


def octets(item: Item, size: int, what: str) -> bytes:
    require(item.major == BYTES and len(item.value) == size, what)
    return item.value


def array(item: Item, what: str) -> list[Item]:
    require(item.major == ARRAY, what)
    return item.value


# Section 2: texts and dots; section 6: version vectors

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def number_text(content: bytes) -> str:
    """The text form of identifiers: the bytes as one number, leading zeros first."""
    number = int.from_bytes(content, "big")
    length = (8 * len(content) + 4) // 5
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


def dot_of(replica: bytes, sequence: int, check: bytes) -> bytes:
    return replica + struct.pack(">Q", sequence) + check


def version_vector(tips: dict[bytes, list[tuple[int, bytes]]]) -> list:
    """[[replica, sequence, check, sequence, check …] …]"""
    return [
        [replica] + [part for tip in sorted(tips[replica]) for part in tip] for replica in sorted(tips)
    ]


def read_vector(item: Item) -> dict[bytes, list[tuple[int, bytes]]]:
    vector: dict[bytes, list[tuple[int, bytes]]] = {}
    for entry in array(item, "a version vector is a list"):
        parts = array(entry, "a replica of a version vector is a list")
        require(len(parts) >= 3 and len(parts) % 2 == 1, "a replica without a tip, or half a tip")
        replica = octets(parts[0], 8, "a replica has 8 bytes")
        require(not vector or max(vector) < replica, "replicas out of order")
        tips = [
            (integer(sequence, 1, LARGEST, "a sequence has 1 to 63 bits"), octets(check, 8, "a check has 8 bytes"))
            for sequence, check in zip(parts[1::2], parts[2::2])
        ]
        require(tips == sorted(set(tips)), "tips out of order")
        vector[replica] = tips
    return vector


# Section 5: the chain


def sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def chain_start(scope: bytes, replica: bytes) -> bytes:
    return sha256(scope + replica)[:16]


def chain_next(before: bytes, head: bytes, body_hash: bytes) -> bytes:
    return sha256(before + sha256(head) + body_hash)[:16]


# Section 4: changes

ALIVE = "@alive"


class Operation(NamedTuple):
    """code: 0 for a put, 1 for a clear, None for a mark and what is unknown. An element and a value are canonical items.

    marked: the dot that a mark names.
    """

    raw: Raw
    code: int | None = None
    field: str = ""
    element: Raw | None = None
    value: Raw | None = None
    offset: int = 0
    listed: frozenset[bytes] | None = None
    marked: bytes | None = None

    @property
    def cell(self) -> tuple[str, Raw | None]:
        return (self.field, self.element)


class Edit(NamedTuple):
    kind: str
    entity: bytes
    operations: list[Operation]


def read_operation(item: Item) -> Operation:
    """Whatever has not the form of a put, a clear or a mark is unknown, never refused."""
    if marked := read_mark(item):
        return Operation(item.raw, marked=marked)
    try:
        parts = array(item, "not an array")
        code = integer(parts[0], 0, 1, "another code") if parts else None
        plain = 3 if code == 0 else 2
        require(code is not None and plain <= len(parts) <= plain + 1, "another number of parts")
        require(parts[1].major == TEXT, "a field is a text")
        options = read_options(parts[plain]) if len(parts) > plain else {}
    except Invalid:
        return Operation(item.raw)
    value = parts[2].raw if code == 0 else None
    return Operation(item.raw, code, parts[1].value, options.get(1), value, options.get(2, 0), options.get(3))


def read_mark(item: Item) -> bytes | None:
    """The dot in `[2, dot, reason]`."""
    parts = item.value if item.major == ARRAY else []
    if len(parts) == 3 and parts[0].raw == cbor(2) and parts[1].major == BYTES and parts[2].major == TEXT:
        return parts[1].value if len(parts[1].value) == 24 else None
    return None


def read_options(item: Item) -> dict:
    require(item.major == MAP and len(item.value) > 0, "options are a map that is not empty")
    options: dict = {}
    for key, value in item.value:
        match integer(key, 1, 3, "another option"):
            case 1:
                options[1] = value.raw
            case 2:
                options[2] = integer(value, 1, MASK, "an offset is positive")
            case 3:
                dots = [octets(dot, 24, "a dot has 24 bytes") for dot in array(value, "dots are a list")]
                require(dots == sorted(set(dots)), "dots out of order")
                options[3] = frozenset(dots)
    return options


def in_order(items: list[Item], what: str) -> None:
    for one, next_one in zip(items, items[1:]):
        require(one.raw < next_one.raw, what)


def read_body(content: bytes) -> list[Edit]:
    # Three arrays lie around an operation: the body, the edit and its list.
    items = array(decode(content, DEEPEST + 3), "a body is a list")
    in_order(items, "edits out of order")
    edits = []
    for item in items:
        parts = array(item, "an edit is a list")
        require(len(parts) == 3 and parts[0].major == TEXT, "an edit has a kind, an id and operations")
        operations = array(parts[2], "operations are a list")
        require(len(operations) > 0, "an edit without operations")
        in_order(operations, "operations out of order")
        entity = octets(parts[1], 16, "an id has 16 bytes")
        edits.append(Edit(parts[0].value, entity, [read_operation(operation) for operation in operations]))
        cells = [operation.cell for operation in edits[-1].operations if operation.code is not None]
        require(len(cells) == len(set(cells)), "two operations of one cell")
    require(len(edits) == len({edit[:2] for edit in edits}), "two edits of one entity")
    return edits


class Change:
    """One change, decoded. A dropped body leaves its hash, and no edits; so does one that is none by section 4."""

    def __init__(self, replica: bytes, sequence: int, before: bytes, head: bytes, body: bytes | None, body_hash: bytes):
        require(len(head) + len(body or b"") <= 65_536, "a change over 65,536 bytes")
        parts = array(decode(head), "a head is a list")
        require(len(parts) == 3, "a head has three parts")
        self.difference = read_vector(parts[0])
        self.stamp = integer(parts[1], -LARGEST - 1, LARGEST, "a stamp has 64 bits")
        self.author = octets(parts[2], 16, "an author has 16 bytes")
        self.edits, self.is_readable = [], body is not None
        try:
            self.edits = [] if body is None else read_body(body)
        except Invalid:
            self.is_readable = False
        self.replica, self.sequence, self.before = replica, sequence, before
        self.head, self.body = head, body
        self.hash = chain_next(before, head, body_hash)
        self.dot = dot_of(replica, sequence, self.hash[:8])
        self.previous = dot_of(replica, sequence - 1, before[:8]) if sequence > 1 else None

    @functools.cached_property
    def needed(self) -> set[bytes]:
        """Section 6: what must be held before this change is applied."""
        dots = {dot_of(replica, *tip) for replica, tips in self.difference.items() for tip in tips}
        return dots if self.previous is None else dots | {self.previous}


    @functools.cached_property
    def marks(self) -> set[bytes]:
        """Section 7, void changes: the dots of the changes that this one marks."""
        return {
            operation.marked
            for edit in self.edits
            for operation in edit.operations
            if (edit.kind, edit.entity) == ("mark", self.author) and operation.marked
        }

    @functools.cached_property
    def erased(self) -> set[bytes]:
        """Section 7, erasure: the hashes that it puts into the field of an erasure."""
        hashes = {
            operation.value
            for edit in self.edits
            for operation in edit.operations
            if (edit.kind, operation.code, operation.cell) == ("erasure", 0, ("hash", None))
        }
        return {bytes(value[2:]) for value in hashes if value[:2] == b"\x58\x20"}


def put_stamp(stamp: int, offset: int) -> int:
    return min(stamp + offset, LARGEST)


# Section 6: context and causal order; section 7: merging


class Version(NamedTuple):
    """In the order that makes the greatest the winner."""

    stamp: int
    dot: bytes
    value: Raw


Vector = dict[bytes, list[tuple[int, bytes]]]
Cell = tuple[str, Raw | None]

ASKED = ("campaign", "team", "survey", "item", "choice", "contact", "attempt", "response", "review", "note")


def asks_a_person(kind: str, cell: Cell) -> bool:
    """The merge policies of section 7."""
    field, element = cell
    if element is not None or kind not in ASKED or field in (PLACE, ALIVE):
        return False
    return not (
        kind == "response" and field.startswith("@") or (kind, field) in (("review", "state"), ("survey", "version"))
    )


class Entity:
    def __init__(self) -> None:
        self.cells: dict[Cell, list[Version]] = {}
        self.unknown: list[tuple[bytes, Raw]] = []
        self.marks: list[tuple[bytes, Raw]] = []
        # False while only marks were ever in it that make no entity.
        self.is_made = False

    @property
    def is_alive(self) -> bool:
        return (ALIVE, None) in self.cells

    def winner(self, cell: Cell) -> Version:
        return max(self.cells[cell])

    def conflicts(self, kind: str, cell: Cell) -> list[Version]:
        """The versions beside the winner with another value, the greatest first, where a person is asked."""
        if not asks_a_person(kind, cell):
            return []
        shown = self.winner(cell).value
        return sorted((version for version in self.cells[cell] if version.value != shown), reverse=True)

    def replace(self, cell: Cell, replaced: set[bytes], added: Version | None) -> None:
        left = [version for version in self.cells.pop(cell, []) if version.dot not in replaced]
        if added:
            left.append(added)
        if left:
            self.cells[cell] = left


class Replica:
    """What a replica holds of one scope: its changes, the whole context of each, and the state they make."""

    def __init__(self, scope: bytes):
        self.scope = scope
        self.held: dict[bytes, Change] = {}
        self.contexts: dict[bytes, Vector] = {}
        self.marked: set[bytes] = set()

    def vector(self) -> Vector:
        """Section 6: the tips are the changes that no other held change continues."""
        continued = {change.previous for change in self.held.values()}
        tips: Vector = {}
        for change in self.held.values():
            if change.dot not in continued:
                tips.setdefault(change.replica, []).append((change.sequence, change.dot[16:]))
        return tips

    def apply(self, change: Change) -> None:
        require(self.held.keys() >= change.needed, "a change before its context")
        if change.dot in self.held:
            return
        if change.previous is None:
            require(change.before == chain_start(self.scope, change.replica), "not the start of this chain")
        else:
            require(self.held[change.previous].hash == change.before, "another change before it")
        require(change.is_readable or change.dot in self.marked, "a change without a body, or with none, and no mark")
        self.held[change.dot] = change
        self.contexts[change.dot] = self.contexts.get(change.previous, {}) | change.difference
        self.marked |= change.marks
        self.__dict__.pop("entities", None)

    def is_void(self, change: Change) -> bool:
        return change.dot in self.marked and not change.marks

    @functools.cached_property
    def entities(self) -> dict[tuple[str, bytes], Entity]:
        """Section 7: what the changes make that are not void, without the edits of what was erased; worked out anew
        after every change, in the order in which they came."""
        merged: dict[tuple[str, bytes], Entity] = {}
        counting = [change for change in self.held.values() if not self.is_void(change)]
        erased = set().union(*(change.erased for change in counting))
        for change in counting:
            for edit in change.edits:
                if edit.kind in ("erasure", "mark") or sha256(edit.entity) not in erased:
                    self.merge(change, edit, merged.setdefault((edit.kind, edit.entity), Entity()))
        return merged

    def lies_in_context(self, dot: bytes, change: Change) -> bool:
        """Whether the dot is before the change on its own branch, or at or before a tip of its context."""
        tips = self.contexts[change.dot].get(dot[:8], [])
        ends = [dot_of(dot[:8], *tip) for tip in tips]
        if change.replica == dot[:8]:
            ends.append(change.previous)
        return any(self.is_on_branch(dot, end) for end in ends)

    def is_on_branch(self, dot: bytes, end: bytes | None) -> bool:
        while end is not None and end[8:16] > dot[8:16]:
            end = self.held[end].previous
        return end == dot

    def merge(self, change: Change, edit: Edit, entity: Entity) -> None:
        """Section 7, steps 1 to 3, and existence of section 4."""
        entity.is_made |= edit.kind != "mark" or not all(operation.marked for operation in edit.operations)

        def replaced(cell: Cell, listed: frozenset[bytes] | None = None) -> set[bytes]:
            dots = {version.dot for version in entity.cells.get(cell, [])}
            if listed is not None:
                dots &= listed
            return {dot for dot in dots if self.lies_in_context(dot, change)}

        for operation in edit.operations:
            if operation.marked:
                entity.marks.append((change.dot, operation.raw))
            elif operation.code is None:
                entity.unknown.append((change.dot, operation.raw))
            elif operation.code == 1:
                entity.replace(operation.cell, replaced(operation.cell, operation.listed), None)
            elif operation.cell != (ALIVE, None):
                added = Version(put_stamp(change.stamp, operation.offset), change.dot, operation.value)
                entity.replace(operation.cell, replaced(operation.cell, operation.listed), added)
        if any(operation.code == 0 for operation in edit.operations):
            added = Version(change.stamp, change.dot, Raw(cbor(True)))
            entity.replace((ALIVE, None), replaced((ALIVE, None)), added)

    def digest(self) -> int:
        """Section 8."""
        return sum(map(siphash, self.digest_items())) & MASK

    def digest_items(self) -> Iterator[bytes]:
        for (kind, id), entity in self.entities.items():
            for (field, element), versions in entity.cells.items():
                elements = [] if element is None else [element]
                for version in versions:
                    yield cbor([kind, id, field, elements, version.value, version.stamp, version.dot])
            for dot, operation in entity.marks + entity.unknown:
                yield cbor([kind, id, dot, operation])


# Section 10: lists

PLACE = "place"

DIGIT = f"[{ALPHABET}]"
NUMBER = "|".join(
    ["a" + DIGIT, "Z" + DIGIT]
    + [f"{chr(ord('a') + more)}[{ALPHABET[1:]}]{DIGIT}{{{more}}}" for more in range(1, 12)]
    + [f"{chr(ord('Z') - more)}[{ALPHABET[:31]}]{DIGIT}{{{more}}}" for more in range(1, 12)]
)
STEP = re.compile(f"!(?P<rank>{NUMBER})(?P<label>{DIGIT}{{16}})(?P<number>(?:{NUMBER})(?:\\.(?:{NUMBER}))*)")
STEPS = re.compile(f"(?:{STEP.pattern.replace('?P<rank>', '?:').replace('?P<label>', '?:').replace('?P<number>', '?:')})*\\Z")
LONGEST_POSITION = 2_048


def position_number(number: int) -> str | None:
    distance = number if number >= 0 else ~number
    if distance >= 32**12:
        return None
    count = 1
    while distance >= 32**count:
        count += 1
    if number < 0:
        distance = 32**count - 1 - distance
    digits = "".join(ALPHABET[distance >> 5 * place & 31] for place in reversed(range(count)))
    return chr(ord("a") + count - 1 if number >= 0 else ord("Z") - count + 1) + digits


def read_position_number(text: str) -> int:
    number = functools.reduce(lambda sum, digit: sum * 32 + ALPHABET.index(digit), text[1:], 0)
    return number if text[0] >= "a" else number - 32 ** (len(text) - 1)


def run_label(replica: bytes, nonce: int) -> str:
    return number_text(replica) + number_text((nonce & 0x7FFF).to_bytes(8, "big"))[-3:]


def steps_of(position: str) -> tuple[int, list[re.Match]]:
    """How long the text of another origin is, and the steps behind it."""
    root = STEPS.search(position).start()
    return root, list(STEP.finditer(position, root))


def run_of_positions(count: int, left: str | None, right: str | None, label: str) -> list[str] | None:
    """Positions between two neighbours, None for an end of the list; None where there is no room."""
    (root, lefts), (_, rights) = steps_of(left or ""), steps_of(right or "")

    def fitting(prefix: str, first: int) -> list[str] | None:
        numbers = [position_number(first + offset) for offset in range(count)]
        if None in numbers:
            return None
        found = [prefix + number for number in numbers]
        row = ([left] if left is not None else []) + found + ([right] if right is not None else [])
        fits = all(one.encode() < other.encode() for one, other in zip(row, row[1:]))
        return found if fits and all(len(text.encode()) <= LONGEST_POSITION for text in found) else None

    def last_number(position: str, step: re.Match) -> tuple[str, int]:
        """What comes before the last number of a step, and that number."""
        start = step.start("number") + step["number"].rfind(".") + 1
        return position[:start], read_position_number(position[start : step.end()])

    def is_own(steps: list[re.Match]) -> bool:
        return bool(steps) and steps[-1]["label"][:13] == label[:13]

    attempts = []
    if is_own(lefts):
        prefix, number = last_number(left, lefts[-1])
        attempts.append((prefix, number + 1))
    if is_own(rights):
        prefix, number = last_number(right, rights[-1])
        attempts.append((prefix, number - count))
    if is_own(lefts):
        attempts.append((left + ".", 0))
    for depth in range(len(lefts) + 1):
        anchor = (left or "")[: lefts[depth - 1].end() if depth else root]
        if depth < len(lefts):
            rank = read_position_number(lefts[depth]["rank"]) + 1
        else:
            rank = read_position_number(rights[depth]["rank"]) - 1 if depth < len(rights) else 0
        if position_number(rank) is not None:
            attempts.append((anchor + "!" + position_number(rank) + label, 0))
    return next(filter(None, (fitting(*attempt) for attempt in attempts)), None)


class Outline:
    """The lists of the living entities of one kind, by parent; and where circles were cut."""

    def __init__(self, entities: dict[bytes, Entity]):
        placed = {id: entity for id, entity in entities.items() if entity.is_alive and (PLACE, None) in entity.cells}
        self.places = {id: read_place(entity.winner((PLACE, None)).value) for id, entity in placed.items()}
        names = {number_text(id): id for id in placed}
        parents = {id: names[parent] for id, (parent, _) in self.places.items() if parent in names}
        self.cut = sorted({
            max(circle, key=lambda id: (placed[id].winner((PLACE, None))[:2], id))
            for circle in filter(None, (circle_from(id, parents) for id in parents))
        })  # fmt: skip
        self.lists: dict[str | None, list[bytes]] = {}
        for id in sorted(placed, key=lambda id: (self.places[id][1].encode(), id)):
            self.lists.setdefault(None if id in self.cut else self.places[id][0], []).append(id)


def read_place(value: Raw) -> tuple[str | None, str]:
    """The parent and the position; what is no place stands at the top before all others."""
    item = decode(value)
    if item.major == ARRAY and len(item.value) == 2:
        parent, position = item.value
        if (parent.major == TEXT or parent.raw == cbor(None)) and position.major == TEXT:
            return (parent.value, position.value)
    return (None, "")


def circle_from(start: bytes, parents: dict[bytes, bytes]) -> frozenset[bytes]:
    """The entities on the way from one back to itself; none if the way does not come back."""
    path = [start]
    while path[-1] in parents and len(path) <= len(parents):
        path.append(parents[path[-1]])
        if path[-1] == start:
            return frozenset(path)
    return frozenset()


# Section 8: the hash of the digest


@functools.lru_cache(maxsize=4_096)
def siphash(content: bytes, key: tuple[int, int] = (0, 0)) -> int:
    """SipHash-2-4; the digest uses the key 0."""
    start = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
    a, b, c, d = (word ^ key[index % 2] for index, word in enumerate(start))
    padded = content + bytes(7 - len(content) % 8) + bytes([len(content) & 0xFF])
    for (word,) in struct.iter_unpack("<Q", padded):
        a, b, c, d = siphash_rounds(2, a, b, c, d ^ word)
        a ^= word
    a, b, c, d = siphash_rounds(4, a, b, c ^ 0xFF, d)
    return a ^ b ^ c ^ d


def siphash_rounds(count: int, a: int, b: int, c: int, d: int) -> tuple[int, int, int, int]:
    for _ in range(count):
        a = a + b & MASK
        b = (b << 13 & MASK | b >> 51) ^ a
        a = a << 32 & MASK | a >> 32
        c = c + d & MASK
        d = (d << 16 & MASK | d >> 48) ^ c
        a = a + d & MASK
        d = (d << 21 & MASK | d >> 43) ^ a
        c = c + b & MASK
        b = (b << 17 & MASK | b >> 47) ^ c
        c = c << 32 & MASK | c >> 32
    return a, b, c, d


# The example of the paper's appendix A.
assert siphash(bytes(range(15)), (0x0706050403020100, 0x0F0E0D0C0B0A0908)) == 0xA129CA6149BE45E5


# Section 11: segments

LARGEST_DECODED = 4_194_304
LARGEST_ENCODED = 4_718_592


class Segment(NamedTuple):
    scope: bytes
    starting_context: Vector
    changes: list[Change]


def read_segment(content: bytes) -> Segment:
    require(len(content) <= LARGEST_ENCODED, "a segment too large")
    parts = array(decode(content), "a segment is a list")
    require(len(parts) == 12, "a segment has 12 parts")
    integer(parts[0], 1, 1, "another format")
    scope = octets(parts[1], 17, "a scope has 17 bytes")
    require(scope[0] <= 4, "another kind of scope")
    replica = octets(parts[2], 8, "a replica has 8 bytes")
    first = integer(parts[3], 1, LARGEST, "a sequence has 1 to 63 bits")
    count = integer(parts[4], 1, 65_536, "a segment has 1 to 65,536 changes")
    starting_context = read_vector(parts[5])
    before = octets(parts[6], 16, "a chain hash has 16 bytes")
    after = octets(parts[7], 16, "a chain hash has 16 bytes")
    codec = integer(parts[8], 0, 1, "another codec")
    size = integer(parts[9], 0, LARGEST_DECODED, "a decoded size over the limit")
    require(parts[10].major == BYTES, "a body is bytes")
    for seal in array(parts[11], "seals are a list"):
        require(seal.value is None or seal.major == BYTES and len(seal.value) == 16, "a seal has 16 bytes")
    require(len(parts[11].value) == 3, "three places for seals")
    require((first == 1) == (before == chain_start(scope, replica)), "not the start of the chain")

    body = parts[10].value
    held = read_plain(body) if codec == 0 else read_columns(body, count, size)
    require(len(held) == count, "another count of changes")
    require(sum(len(head) + len(body or b"") for head, body, _ in held) == size, "another decoded size")
    changes = []
    for offset, (head, body, body_hash) in enumerate(held):
        changes.append(Change(replica, first + offset, before, head, body, body_hash))
        before = changes[-1].hash
    require(before == after, "another chain hash at the end")
    return Segment(scope, starting_context, changes)


# A head, a body if it is there, and the body's hash
Held = tuple[bytes, bytes | None, bytes]


def read_plain(content: bytes) -> list[Held]:
    """Codec 0."""
    held: list[Held] = []
    for item in array(decode(content), "changes are a list"):
        parts = array(item, "a change is a list")
        require(len(parts) in (2, 3) and parts[0].major == BYTES, "a change is a head and a body")
        if len(parts) == 2:
            require(parts[1].major == BYTES, "a body is bytes")
            held.append((parts[0].value, parts[1].value, sha256(parts[1].value)))
        else:
            require(parts[1].value is None, "a dropped body is null")
            held.append((parts[0].value, None, octets(parts[2], 32, "a hash has 32 bytes")))
    return held


class Stream:
    """What codec 1 calls numbers, signed numbers and blocks."""

    def __init__(self, content: bytes):
        self.content, self.position = content, 0

    def take(self, count: int) -> bytes:
        require(count <= len(self.content) - self.position, "a stream that ends early")
        self.position += count
        return self.content[self.position - count : self.position]

    def number(self) -> int:
        value = shift = 0
        while True:
            (byte,) = self.take(1)
            value |= (byte & 0x7F) << shift
            shift += 7
            require(value <= MASK and shift <= 70, "a number over 64 bits")
            if byte < 0x80:
                return value

    def count(self) -> int:
        """A number of things of which each takes a byte at least."""
        value = self.number()
        require(value <= len(self.content) - self.position, "a count beyond the input")
        return value

    def signed(self) -> int:
        value = self.number()
        return value >> 1 if value & 1 == 0 else ~(value >> 1)

    def block(self) -> bytes:
        return self.take(self.number())

    def text(self) -> str:
        try:
            return self.block().decode("utf-8")
        except UnicodeDecodeError as error:
            raise Invalid("invalid UTF-8") from error

    def differences(self, count: int) -> list[int]:
        """Signed differences, which wrap modulo 2⁶⁴."""
        values, last = [], 0
        for _ in range(count):
            last = (last + self.signed() + (1 << 63) & MASK) - (1 << 63)
            values.append(last)
        return values

    def end(self) -> None:
        require(self.position == len(self.content), "a stream that goes on")


def inflate(content: bytes, size: int) -> bytes:
    """Raw DEFLATE (RFC 1951) of exactly `size` bytes."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        plain = stream.decompress(content, size + 1)
    except zlib.error as error:
        raise Invalid(f"no DEFLATE: {error}") from error
    require(len(plain) == size and stream.eof and not stream.unused_data, "another size of columns")
    return plain


def read_columns(content: bytes, count: int, decoded: int) -> list[Held]:
    """Codec 1."""
    parts = array(decode(content), "columns are a list")
    require(len(parts) == 3 and parts[0].major == parts[1].major == BYTES, "two streams and a size")
    size = integer(parts[2], 0, decoded + 64 * count + 4_096, "columns too large")
    plain, columns = Stream(parts[0].value), Stream(inflate(parts[1].value, size))

    stamps = columns.differences(count)
    authors = [plain.take(16) for _ in range(columns.count())]
    indices = [columns.number() for _ in range(count)]
    require(all(index < len(authors) for index in indices), "an author that is not listed")
    contexts = [decode(columns.block()).raw for _ in range(count)]
    heads = [cbor([contexts[i], stamps[i], authors[indices[i]]]) for i in range(count)]

    shapes = columns.take(count)
    require(max(shapes) <= 2, "another shape")
    hashes = {index: plain.take(32) for index in range(count) if shapes[index] == 2}
    bodies = {index: columns.block() for index in range(count) if shapes[index] == 1}
    for _ in range(columns.count()):
        for index, body in read_regular(columns, plain, count):
            require(shapes[index] == 0 and index not in bodies, "a change that is not regular, or twice")
            bodies[index] = body
    columns.end()
    plain.end()
    require(len(bodies) + len(hashes) == count, "a regular change without a body")
    return [
        (heads[index], bodies.get(index), hashes.get(index) or sha256(bodies[index])) for index in range(count)
    ]  # fmt: skip


def read_regular(columns: Stream, plain: Stream, count: int) -> list[tuple[int, bytes]]:
    """The changes of one kind, whose bodies are one edit of puts without options: index and body of each."""
    kind = columns.text()
    number = columns.count()
    rows, last = [], 0
    for _ in range(number):
        last += columns.number()
        require(last < count, "a change beyond the segment")
        rows.append(last)
    entities = []
    for milliseconds in columns.differences(number):
        require(0 <= milliseconds < 1 << 48, "milliseconds have 48 bits")
        entities.append(milliseconds.to_bytes(6, "big") + plain.take(10))
    operations: list[list[bytes]] = [[] for _ in rows]
    for _ in range(columns.count()):
        field = columns.text()
        holders = read_presence(columns, number)
        for row, value in zip(holders, read_values(columns, len(holders))):
            operations[row].append(cbor([0, field, value]))
    return [
        (row, cbor([[kind, entity, [Raw(operation) for operation in sorted(puts)]]]))
        for row, entity, puts in zip(rows, entities, operations)
    ]


def read_presence(columns: Stream, number: int) -> list[int]:
    (every,) = columns.take(1)
    require(every <= 1, "presence is 0 or 1")
    if every == 1:
        return list(range(number))
    bits = int.from_bytes(columns.take((number + 7) // 8), "little")
    require(bits < 1 << number, "a bit beyond the changes")
    return [row for row in range(number) if bits >> row & 1]


def read_values(columns: Stream, count: int) -> list:
    (form,) = columns.take(1)
    match form:
        case 0:
            return [columns.signed() for _ in range(count)]
        case 1:
            return columns.differences(count)
        case 2:
            words = [columns.text() for _ in range(columns.count())]
            indices = [columns.number() for _ in range(count)]
            require(all(index < len(words) for index in indices), "a word that is not listed")
            return [words[index] for index in indices]
        case 3:
            return [columns.text() for _ in range(count)]
        case 4:
            return [decode(columns.block()).raw for _ in range(count)]
    raise Invalid("another form of values")
