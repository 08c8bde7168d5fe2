#!/usr/bin/env bash
# Makes the fixtures of a schema: replica-N.canvass, relay-N.sqlite and expected-N.json, in the current folder.
#
#   make.sh N CANVASS CANVASS-RELAY
#
# Run it with programs built from the last commit before schema N + 1 was added; it wants sqlite3 and python3. The replica
# is a collector's: copied once and used twice, with an import, a conflict, changes set apart by a repair, and one change
# that the relay lacks.
set -euo pipefail
version=$1 canvass=$(realpath "$2") relay=$(realpath "$3")
forms=$(realpath "$(dirname "$0")/../../CanvassXLSFormTests/Fixtures")
target=$PWD
work=$(mktemp -d)
cd "$work"
"$relay" serve --data relay --listen 127.0.0.1:0 > relay.log 2>&1 & server=$!
trap 'kill $server 2> /dev/null || true; rm -rf "$work"' EXIT
until link=$(grep -o "http.*join#[^']*" relay.log); do sleep 0.1; done

as() { local person=$1; shift; "$canvass" --replica "$person.canvass" "$@"; }
invite() { "$relay" invite --data relay --campaign visits "$@" 2> /dev/null; }
collect() { as "$1" collect field --answers - <<< "$2"; }

as dana join "$link" --name Dana
as dana campaign create visits
as dana survey import "$forms/field.xlsx"
as dana survey publish field
as dana sync
as ana join "$(invite --role collector --team north --name Ana)"
as bob join "$(invite --role collector --team north --name Bob)"
as rita join "$(invite --role reviewer --name Rita)"
collect ana '[{"score": 9, "satisfaction": "5"}, {"score": 3, "reason": "Queues – și preț"}]'
as ana sync
cp ana.canvass twin.canvass
collect ana '{"score": 7}'
collect twin '[{"score": 1, "reason": "x"}, {"score": 2}]'
for person in ana twin ana twin; do as $person sync; done
printf 'score,satisfaction,reason,nr\n10,1,,a\n4,2,too far,b\n99,3,,c\n' > import.csv
as ana response import field import.csv
as ana sync
as rita sync
first=$(as ana response list field --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["id"])')
as ana response edit "$first" --set score=8
as rita response edit "$first" --set score=6 --set reason=why
as rita sync
as ana sync
collect bob '{"score": 5}'
as bob sync
sqlite3 ana.canvass "UPDATE change SET body = CAST(substr(body, 1, length(body) - 1) || x'00' AS BLOB)
    WHERE position = (SELECT max(position) - 3 FROM change)"
as ana doctor --repair || [ $? -eq 3 ]
as ana sync
collect ana '{"score": 0, "reason": "not synced"}'
kill $server
wait $server || true

cp ana.canvass "$target/replica-$version.canvass"
cp relay/relay.sqlite "$target/relay-$version.sqlite"
as ana status --json > status
as ana response list field --json > responses
as ana conflicts list --json > conflicts
quarantined=$(sqlite3 ana.canvass "SELECT count(*) FROM quarantine") python3 - > "$target/expected-$version.json" <<'PYTHON'
import json, os, sys

status, responses, conflicts = (json.load(open(name)) for name in ("status", "responses", "conflicts"))
expected = {
    "scopes": [{k: s[k] for k in ("scope", "changes", "unsynced", "digest", "vector")} for s in status["scopes"]],
    "forked": status["forked"],
    "responses": [
        {"id": r["id"], "answers": r["answers"], "findings": len(r["findings"])}
        for r in sorted(responses, key=lambda r: r["id"])
    ],
    "conflicts": [{"id": c["id"], "values": [v["value"] for v in c["values"]]} for c in conflicts],
    "quarantined": int(os.environ["quarantined"]),
    "unsent": status["unsynced"],
    # Bob's is at the relay only.
    "responsesAtRelay": len(responses) + 1,
}
json.dump(expected, sys.stdout, indent=1, ensure_ascii=False)
print()
PYTHON
