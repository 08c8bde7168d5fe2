"""The workload of `canvass-bench peers` in other engines: record, apply, and the bytes that a change takes.

    python3 peers.py WORKLOAD.json ROUNDS

WORKLOAD.json is a list of responses, each an object of question and answer. Each response becomes a map of its own in a
map of all, one transaction a response, as an app would write it down; everything stays in memory. One JSON object goes to
standard output: for each engine its version, seconds a response for each round, and bytes a response.
"""

import gc
import importlib.metadata
import json
import sys
import time
import uuid
import zlib


def record_pycrdt(responses):
    import pycrdt

    doc = pycrdt.Doc()
    everything = doc.get("responses", type=pycrdt.Map)
    for key, answers in responses:
        with doc.transaction():
            everything[key] = pycrdt.Map(answers)
    return doc


def encode_pycrdt(doc):
    return doc.get_update()


def apply_pycrdt(update):
    import pycrdt

    doc = pycrdt.Doc()
    everything = doc.get("responses", type=pycrdt.Map)
    doc.apply_update(update)
    return len(everything)


def record_loro(responses):
    import loro

    doc = loro.LoroDoc()
    everything = doc.get_map("responses")
    for key, answers in responses:
        response = everything.insert_container(key, loro.LoroMap())
        for question, answer in answers.items():
            response.insert(question, answer)
        doc.commit()
    return doc


def encode_loro(doc):
    import loro

    return doc.export(loro.ExportMode.Updates(loro.VersionVector()))


def apply_loro(update):
    import loro

    doc = loro.LoroDoc()
    doc.import_(update)
    return len(doc.get_map("responses"))


ENGINES = {
    "pycrdt": (record_pycrdt, encode_pycrdt, apply_pycrdt),
    "loro": (record_loro, encode_loro, apply_loro),
}


def seconds(work):
    """Runs `work` without pauses for garbage: how long it took, and what it gave."""
    gc.collect()
    gc.disable()
    start = time.perf_counter()
    result = work()
    taken = time.perf_counter() - start
    gc.enable()
    return taken, result


def measure(engine, responses, rounds):
    record, encode, apply = ENGINES[engine]
    figures = {"version": importlib.metadata.version(engine), "record": [], "apply": []}
    for _ in range(rounds):
        taken, doc = seconds(lambda: record(responses))
        figures["record"].append(taken / len(responses))
        update = encode(doc)
        taken, count = seconds(lambda: apply(update))
        figures["apply"].append(taken / len(responses))
        if count != len(responses):
            raise SystemExit(f"{engine}: {count} of {len(responses)} responses arrived")
        figures["bytes"] = len(zlib.compress(update, 6)) / len(responses)
    return figures


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        workload = json.load(file)
    responses = [(uuid.uuid4().hex, answers) for answers in workload]
    results = {}
    for engine in ENGINES:
        try:
            results[engine] = measure(engine, responses, int(sys.argv[2]))
        except ImportError as error:
            results[engine] = {"missing": str(error)}
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
