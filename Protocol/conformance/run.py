#!/usr/bin/env python3
"""Exercises a relay from outside, over HTTP: any relay, at any address.

Written from Protocol/README.md and Protocol/openapi.yaml, with the standard library. It joins with an invite of a
collector, so what it makes is in the organisation for good: use one of a relay that is there to be tried.

    run.py --relay http://127.0.0.1:8787 --invite 'http://127.0.0.1:8787/join#SECRET'

Every line is one check. Exits with 1 where one fails.
"""

import argparse
import base64
import gzip
import http.client
import json
import os
import sys
import time
import urllib.parse

from canvass_model import (
    ARRAY, MAP, Change, Item, cbor, chain_start, decode, dot_of, read_segment, sha256, version_vector,
)

RESPONSES = 4
CONTENT_TYPES = {"cbor": "application/cbor", "json": "application/json"}


class Failed(Exception):
    """A check that does not hold."""


def expect(holds: bool, what: str) -> None:
    if not holds:
        raise Failed(what)


# Section 12: messages in both forms


def to_json(value):
    match value:
        case bytes():
            return {"$bytes": base64.urlsafe_b64encode(value).decode().rstrip("=")}
        case list():
            return [to_json(part) for part in value]
        case dict():
            return {key: to_json(part) for key, part in value.items()}
    return value


def from_json(value):
    match value:
        case {"$bytes": str(text)}:
            return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        case list():
            return [from_json(part) for part in value]
        case dict():
            return {key: from_json(part) for key, part in value.items()}
    return value


def plain(item: Item):
    """What a CBOR item holds, without how it was written."""
    if item.major == ARRAY:
        return [plain(part) for part in item.value]
    if item.major == MAP:
        return {plain(key): plain(part) for key, part in item.value}
    return item.value


def encode(message, form: str) -> bytes:
    return cbor(message) if form == "cbor" else json.dumps(to_json(message)).encode()


def read(content: bytes, content_type: str):
    if content_type == CONTENT_TYPES["cbor"]:
        return plain(decode(content, 64))
    expect(content_type in (CONTENT_TYPES["json"], "application/problem+json"), f"content type {content_type}")
    return from_json(json.loads(content))


class Answer:
    def __init__(self, status: int, headers: http.client.HTTPMessage, body: bytes):
        self.status, self.headers, self.body = status, headers, body

    @property
    def content_type(self) -> str:
        return (self.headers["Content-Type"] or "").split(";")[0]

    def message(self) -> dict:
        expect(self.status == 200, f"status {self.status}: {self.body[:300]!r}")
        return read(self.body, self.content_type)

    def problem(self, kind: str, status: int) -> None:
        expect(self.status == status, f"status {self.status} instead of {status}: {self.body[:300]!r}")
        expect(self.content_type == "application/problem+json", f"content type {self.content_type}")
        problem = json.loads(self.body)
        expect(problem["type"] == f"urn:canvass:problem:{kind}", f"type {problem['type']} instead of {kind}")
        expect(problem["status"] == status, "the document names another status than the answer")
        expect(bool(problem["title"]) and bool(problem["detail"]), "a problem without title or detail")


class Relay:
    def __init__(self, address: str):
        self.url = urllib.parse.urlsplit(address.rstrip("/"))

    def connect(self) -> http.client.HTTPConnection:
        secure = self.url.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        return kind(self.url.hostname, self.url.port, timeout=30)

    def send(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        connection = self.connect()
        try:
            connection.request(method, self.url.path + path, body, headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def post(self, path: str, message, form: str = "cbor", **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("POST", path, encode(message, form), {"Content-Type": CONTENT_TYPES[form]} | named)


# Sections 4 to 6 and 11: a device that makes changes


class Chain:
    """What a device writes into one scope."""

    def __init__(self, scope: bytes, replica: bytes, author: bytes):
        self.scope, self.replica, self.author = scope, replica, author
        self.hash, self.sequence = chain_start(scope, replica), 0

    def make(self, *edits, difference=None, author: bytes | None = None) -> Change:
        head = cbor([version_vector(difference or {}), int(time.time() * 1000), author or self.author])
        body = cbor(sorted(edits, key=cbor))
        change = Change(self.replica, self.sequence + 1, self.hash, head, body, sha256(body))
        self.hash, self.sequence = change.hash, change.sequence
        return change

    def note(self, text: str) -> list:
        return ["note", os.urandom(16), [[0, "text", text]]]

    def tip(self) -> list:
        return version_vector({self.replica: [(self.sequence, self.hash[:8])]})


def segment(scope: bytes, changes: list[Change], after: bytes | None = None) -> bytes:
    held = [[change.head, change.body] for change in changes]
    size = sum(len(head) + len(body) for head, body in held)
    first = changes[0]
    end = after or changes[-1].hash
    return cbor(
        [1, scope, first.replica, first.sequence, len(changes), [], first.before, end, 0, size, cbor(held)]
        + [[None, None, None]]
    )


class Device:
    def __init__(self, relay: Relay):
        self.relay = relay
        self.id = int(time.time() * 1000).to_bytes(6, "big") + os.urandom(10)
        self.replica, self.key = os.urandom(8), os.urandom(16)
        self.token = ""

    def join_request(self, secret: str) -> dict:
        return {
            "protocol": 1, "invite": secret, "device": self.id, "replica": self.replica, "joinKey": self.key,
            "name": "Conformance", "language": None, "organisation": None, "certificate": None,
        }

    def sync(self, form: str = "cbor", **keys) -> dict:
        answer = self.relay.post("/v1/sync", self.sync_request(**keys), form, Authorization=f"Bearer {self.token}")
        return answer.message()

    def sync_request(self, **keys) -> dict:
        return {
            "protocol": 1, "bookmark": None, "vectors": [], "reports": [], "push": [], "certificates": [], "roster": 0,
            "clock": int(time.time() * 1000), "pageBytes": 1_000_000, "rosterSeal": None,
        } | keys

    def pull(self, form: str = "cbor", page_bytes: int = 1_000_000) -> tuple[list[bytes], int, dict]:
        """Everything, from the start of the log; with the number of pages and the last answer."""
        segments, pages, bookmark = [], 0, None
        while True:
            answer = self.sync(form, bookmark=bookmark, pageBytes=page_bytes)
            expect(not answer["reset"], "a bookmark that the relay has just given is unknown")
            segments += answer["segments"]
            pages += 1
            expect(pages < 100_000, "the pages have no end")
            if not answer["more"]:
                return segments, pages, answer
            expect(answer["bookmark"] != bookmark, "the bookmark stands still")
            bookmark = answer["bookmark"]


# The checks, in their order: each may go on from what those before it did


class Run:
    def __init__(self, relay: Relay, secret: str):
        self.relay, self.secret = relay, secret
        self.device = Device(relay)
        self.chain: Chain
        self.member = b""

    def the_process_answers(self) -> None:
        expect(self.relay.send("GET", "/healthz").body == b"ok\n", "/healthz does not say ok")
        head = self.relay.send("HEAD", "/healthz")
        expect(head.status == 200 and not head.body, "HEAD is not answered by the head alone")
        expect(self.relay.send("GET", "/readyz").status == 200, "/readyz says that it is not ready")

    def other_paths_and_methods_are_problems(self) -> None:
        self.relay.send("GET", "/v1/nothing").problem("not-found", 404)
        answer = self.relay.send("GET", "/v1/sync")
        answer.problem("method-not-allowed", 405)
        expect(answer.headers["Allow"] == "POST", "Allow does not name the method")

    def nobody_is_answered_without_a_good_token(self) -> None:
        for headers in ({}, {"Authorization": "Bearer 0123456789ABCDEFGHJKMNPQRS"}):
            answer = self.relay.post("/v1/sync", self.device.sync_request(), **headers)
            answer.problem("unknown-token", 401)
            expect(answer.headers["WWW-Authenticate"] == "Bearer", "the scheme is not named")
            self.relay.send("GET", "/v1/watch", headers=headers).problem("unknown-token", 401)

    def what_is_no_message_is_refused(self) -> None:
        request = self.device.join_request("none")
        content = cbor(request)
        types = {"Content-Type": CONTENT_TYPES["cbor"]}
        bad = {
            "nothing": b"", "a cut": content[:-1], "bytes behind": content + b"\0",
            "a longer number": content.replace(b"\x68protocol\x01", b"\x68protocol\x18\x01"),
            "no map": cbor([1]), "a missing key": cbor({"protocol": 1}), "depth": b"\x81" * 5000 + b"\x00",
            "an endless length": b"\xbf\xff",
        }
        for what, body in bad.items():
            try:
                self.relay.send("POST", "/v1/join", body, types).problem("malformed-request", 400)
            except Failed as failure:
                raise Failed(f"{what}: {failure}") from failure
        twice = b'{"protocol": 1, "protocol": 1}'
        json_types = {"Content-Type": CONTENT_TYPES["json"]}
        self.relay.send("POST", "/v1/join", twice, json_types).problem("malformed-request", 400)
        self.relay.send("POST", "/v1/join", content, {"Content-Type": "text/plain"}).problem("malformed-request", 400)

    def another_version_is_refused(self) -> None:
        request = self.device.join_request("none") | {"protocol": 2}
        self.relay.post("/v1/join", request).problem("unsupported-version", 400)

    def an_invite_that_does_not_exist_lets_nobody_in(self) -> None:
        self.relay.post("/v1/join", self.device.join_request("0123456789ABCDEFGHJKMNPQRS")).problem("invite-unknown", 403)

    def joining_can_be_repeated(self) -> None:
        request = self.device.join_request(self.secret)
        first = self.relay.post("/v1/join", request, "json").message()
        again = self.relay.post("/v1/join", request, "cbor").message()
        for key in ("token", "deviceKey", "organisation", "member"):
            expect(first[key] == again[key], f"{key} differs the second time")
        expect(len(first["deviceKey"]) == 32, "a device key has 32 bytes")
        self.device.token, self.member = first["token"], first["member"]
        self.relay.post("/v1/join", request | {"joinKey": os.urandom(16)}).problem("join-key-mismatch", 409)

    def both_forms_say_the_same(self) -> None:
        answers = [self.device.sync(form) for form in CONTENT_TYPES]
        for answer in answers:
            for key in ("time", "certificate"):
                answer.pop(key, None)
            (answer["roster"] or {}).pop("certificate", None)
        expect(answers[0] == answers[1], "CBOR and JSON differ")
        mixed = self.relay.post(
            "/v1/sync", self.device.sync_request(), Accept=CONTENT_TYPES["json"],
            Authorization=f"Bearer {self.device.token}")
        expect(mixed.content_type == CONTENT_TYPES["json"], "Accept is not minded")

    def the_roster_names_the_member_and_the_scopes(self) -> None:
        answer = self.device.sync()
        roster = answer["roster"]
        expect(self.member in roster["own"], "the roster does not name the own member")
        people = {person["member"]: person for person in roster["people"]}
        expect("collector" in people[self.member]["roles"], "this needs the invite of a collector")
        scope = bytes([RESPONSES]) + self.member
        expect(scope in [owner["scope"] for owner in roster["scopes"]], "the own responses are not granted")
        self.chain = Chain(scope, self.device.replica, self.device.id)
        later = self.device.sync(roster=roster["position"], rosterSeal=answer["rosterSeal"])
        expect(later["roster"] is None, "a roster that has not changed comes again")

    def a_push_is_held_once(self) -> None:
        pushed = segment(self.chain.scope, [self.chain.make(self.chain.note("first"))])
        first = self.device.sync(push=[pushed])
        expect(first["refused"] == [], f"refused: {first['refused']}")
        vectors = {report["scope"]: report["vector"] for report in first["scopes"]}
        expect(vectors[self.chain.scope] == self.chain.tip(), "the relay does not tell the tip that was pushed")
        again = self.device.sync("json", push=[pushed])
        expect(again["refused"] == [], "what is held already is refused")
        expect(again["position"] == first["position"], "what is held already is stored again")

    def the_log_gives_back_what_was_pushed(self) -> None:
        for form in CONTENT_TYPES:
            segments, _, answer = self.device.pull(form)
            own = [part for part in map(read_segment, segments) if part.scope == self.chain.scope]
            changes = [change for part in own for change in part.changes]
            expect([change.hash for change in changes] == [self.chain.hash], "not the one change that was pushed")
            seals = {seal["scope"]: seal["dot"] for seal in answer["seals"]}
            tip = dot_of(self.chain.replica, self.chain.sequence, self.chain.hash[:8])
            expect(seals.get(self.chain.scope, tip) == tip, "a seal is on another tip")

    def a_bookmark_goes_on_where_it_stands(self) -> None:
        _, _, answer = self.device.pull()
        idle = self.device.sync(bookmark=answer["bookmark"])
        expect(idle["segments"] == [] and not idle["more"], "something comes though nothing is new")
        other = bytes(byte ^ 1 for byte in answer["bookmark"])
        expect(self.device.sync(bookmark=other)["reset"], "a bookmark of another history is taken for good")

    def pages_end_and_hold_everything_once(self) -> None:
        pushed = [segment(self.chain.scope, [self.chain.make(self.chain.note(f"page {number}"))]) for number in range(20)]
        expect(self.device.sync(push=pushed)["refused"] == [], "a push of many segments is refused")
        small, pages, _ = self.device.pull(page_bytes=1)
        large, fewer, _ = self.device.pull()
        expect(pages > fewer, "pageBytes is not minded")
        dots = lambda parts: [change.dot for part in map(read_segment, parts) for change in part.changes]
        expect(dots(small) == dots(large), "small pages hold something else than large ones")
        expect(len(dots(small)) == len(set(dots(small))), "a change comes twice")

    def refusal(self, pushed: bytes, reason: str) -> None:
        before = self.device.sync()["position"]
        answer = self.device.sync(push=[pushed])
        reasons = [refusal["reason"] for refusal in answer["refused"]]
        expect(reasons == [reason], f"{reasons} instead of {reason}")
        expect(answer["position"] == before, "what is refused is stored")

    def what_proves_nothing_is_refused(self) -> None:
        fork = Chain(self.chain.scope, os.urandom(8), self.device.id)
        change = fork.make(fork.note("x"))
        self.refusal(segment(fork.scope, [change], after=os.urandom(16)), "invalid")
        self.refusal(b"\x80", "invalid")
        self.refusal(segment(fork.scope, [fork.make(fork.note("second alone"))]), "gap")
        unseen = Chain(self.chain.scope, os.urandom(8), self.device.id)
        tip = {os.urandom(8): [(1, os.urandom(8))]}
        self.refusal(segment(unseen.scope, [unseen.make(unseen.note("x"), difference=tip)]), "gap")
        foreign = Chain(bytes([RESPONSES]) + os.urandom(16), self.device.replica, self.device.id)
        self.refusal(segment(foreign.scope, [foreign.make(foreign.note("x"))]), "forbidden")
        forged = Chain(self.chain.scope, os.urandom(8), os.urandom(16))
        self.refusal(segment(forged.scope, [forged.make(forged.note("x"))]), "unproven")
        mark = ["mark", self.device.id, [[2, os.urandom(24), "forbidden"]]]
        marker = Chain(self.chain.scope, os.urandom(8), self.device.id)
        self.refusal(segment(marker.scope, [marker.make(mark)]), "invalid")

    def what_may_not_take_effect_is_marked(self) -> None:
        misplaced = self.chain.make(["survey", os.urandom(16), [[0, "name", "x"]]])
        answer = self.device.sync(push=[segment(self.chain.scope, [misplaced])])
        expect(answer["refused"] == [], "a misplaced change is refused instead of marked")
        later = self.chain.make(self.chain.note("behind it"))
        answer = self.device.sync(push=[segment(self.chain.scope, [later])])
        expect(answer["refused"] == [], "what is honest waits for what is not")
        changes = [change for part in map(read_segment, self.device.pull()[0]) for change in part.changes]
        found = [change for change in changes if change.dot == misplaced.dot]
        expect(len(found) == 1 and found[0].body is None, "the body of a void change is served")
        expect(any(misplaced.dot in change.marks for change in changes), "no mark says that it is void")

    def one_bad_segment_costs_the_others_nothing(self) -> None:
        good = segment(self.chain.scope, [self.chain.make(self.chain.note("good"))])
        answer = self.device.sync(push=[b"\x80", good])
        expect([refusal["item"] for refusal in answer["refused"]] == [0], "not the bad one is refused")
        vectors = {report["scope"]: report["vector"] for report in answer["scopes"]}
        expect(self.chain.tip()[0] in vectors[self.chain.scope], "the good one is not held")

    def a_compressed_body_is_read(self) -> None:
        body = gzip.compress(cbor(self.device.sync_request()))
        headers = {
            "Content-Type": CONTENT_TYPES["cbor"], "Content-Encoding": "gzip",
            "Authorization": f"Bearer {self.device.token}",
        }
        expect(self.relay.send("POST", "/v1/sync", body, headers).status == 200, "gzip is not read")
        headers["Content-Encoding"] = "br"
        expect(self.relay.send("POST", "/v1/sync", body, headers).status == 415, "an unknown coding is no 415")

    def a_watch_says_that_something_is_new(self) -> None:
        connection = self.relay.connect()
        headers = {"Authorization": f"Bearer {self.device.token}", "Last-Event-ID": "0"}
        connection.request("GET", self.relay.url.path + "/v1/watch", headers=headers)
        response = connection.getresponse()
        try:
            expect(response.status == 200, f"status {response.status}")
            expect((response.headers["Content-Type"] or "").startswith("text/event-stream"), "no event stream")
            lines: dict[str, str] = {}
            while line := response.readline().decode().rstrip("\n"):
                if not line.startswith(":"):
                    name, _, text = line.partition(": ")
                    lines[name] = text
            expect(lines.get("event") == "changes", f"another event: {lines}")
            expect(lines["id"] == lines["data"] == str(self.device.sync()["position"]), "another position")
        finally:
            connection.close()


CHECKS = [
    Run.the_process_answers, Run.other_paths_and_methods_are_problems, Run.nobody_is_answered_without_a_good_token,
    Run.what_is_no_message_is_refused, Run.another_version_is_refused, Run.an_invite_that_does_not_exist_lets_nobody_in,
    Run.joining_can_be_repeated, Run.both_forms_say_the_same, Run.the_roster_names_the_member_and_the_scopes,
    Run.a_push_is_held_once, Run.the_log_gives_back_what_was_pushed, Run.a_bookmark_goes_on_where_it_stands,
    Run.pages_end_and_hold_everything_once, Run.what_proves_nothing_is_refused, Run.what_may_not_take_effect_is_marked,
    Run.one_bad_segment_costs_the_others_nothing, Run.a_compressed_body_is_read, Run.a_watch_says_that_something_is_new,
]


def main() -> int:
    parser = argparse.ArgumentParser(description="Exercise a relay from outside.")
    parser.add_argument("--relay", required=True, metavar="URL", help="where the relay answers")
    parser.add_argument("--invite", required=True, metavar="LINK", help="a link of a collector, not used yet")
    arguments = parser.parse_args()
    secret = arguments.invite.rpartition("#")[2]
    run = Run(Relay(arguments.relay), secret)
    failures = 0
    for check in CHECKS:
        name = check.__name__.replace("_", " ")
        try:
            check(run)
            print(f"ok      {name}")
        except Exception as failure:  # Whatever a relay makes of it, the other checks go on.
            failures += 1
            print(f"FAILED  {name}: {type(failure).__name__}: {failure}")
    print(f"{len(CHECKS) - failures} of {len(CHECKS)} checks hold")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
