#!/bin/bash
# bench.sh RUN [FOLDER]: latency, rate, memory and start-up of unim2rec-serve on loopback with wrk, on an export of RUN and on made-up ones of its items'
# number and of a million (HNSW=0 leaves out the index, whose first building takes minutes). FOLDER keeps the exports; what is there is not made again.
set -u
RUN=${1:?"give a run folder"}; W=${2:-$(mktemp -d)}; mkdir -p "$W"
R=$(cd "$(dirname "$0")/../.." && pwd)
PORT=8765
for p in serving trainer tests/Serving.Benchmarks; do dotnet build -c Release -v q -clp:ErrorsOnly --nologo "$R/$p" | grep -i "error" | grep -v "0 Error"; done
bin() { find "$R/$1/bin/Release" -maxdepth 3 -name "$2.dll" | head -1; }
SERVE=$(bin serving unim2rec-serve); TRAIN=$(bin trainer unim2rec-train); MADE=$(bin tests/Serving.Benchmarks UniM2Rec.Serving.Benchmarks)
LUA=$R/tests/Serving.Benchmarks/recommend.lua
[ -d "$W/run" ] || dotnet "$TRAIN" export --run "$RUN" --out "$W/run" --histories 2>&1 | tail -1
cut -d, -f2 "$W/run/items.csv" | tail -n +2 > "$W/ids"
ITEMS_OF_RUN=$(wc -l < "$W/ids")
for n in "$ITEMS_OF_RUN" 1000000; do [ -d "$W/made$n" ] || dotnet "$MADE" --from "$W/run" --items "$n" --out "$W/made$n"; done
serve() { # name, folder, domain, items, further options
  local name=$1 folder=$2; export DOMAIN=$3 ITEMS=$4; shift 4
  local begun=$(date +%s%N)
  dotnet "$SERVE" --model "$folder" --port $PORT "$@" > "$W"/log 2>&1 & local pid=$!
  until curl -sf http://127.0.0.1:$PORT/health > "$W"/health; do sleep 0.02; kill -0 $pid 2>/dev/null || { echo "$name: did not start"; tail -3 "$W"/log; return; }; done
  echo "-- $name: start-up $(( ($(date +%s%N) - begun) / 1000000 )) ms, $(du -sm "$folder" | cut -f1) MiB export; $(grep -o 'recall@.*' "$W"/log)"
  wrk -t1 -c1 -d2s -s "$LUA" http://127.0.0.1:$PORT > /dev/null 2>&1
  for c in 1 16; do
    echo "   $c connection(s): $(wrk -t1 -c$c -d10s --latency -s "$LUA" http://127.0.0.1:$PORT 2>&1 | grep -E '50%|99%|Requests/sec|Non-2xx' | tr -s ' \n' ' ')"
  done
  echo "   peak memory $(( $(grep VmHWM /proc/$pid/status | tr -dc 0-9) / 1024 )) MiB, of it anonymous now $(( $(grep RssAnon /proc/$pid/status | tr -dc 0-9) / 1024 )) MiB"
  kill -TERM $pid; wait $pid 2>/dev/null
}

export IDS=$W/ids; serve "the run's export, $ITEMS_OF_RUN items" "$W/run" "$(sed -n 2p "$W/run/items.csv" | cut -d, -f1)" "$ITEMS_OF_RUN"; unset IDS
serve "made up, $ITEMS_OF_RUN items, the network alone" "$W/made$ITEMS_OF_RUN" made-up "$ITEMS_OF_RUN"
serve "made up, 1,000,000 items, exact" "$W/made1000000" made-up 1000000 --index exact
if [ "${HNSW:-1}" = 1 ]; then
  [ -d "$W/made1000000.index" ] || serve "made up, 1,000,000 items, hnsw, with building the index" "$W/made1000000" made-up 1000000 --index hnsw
  serve "made up, 1,000,000 items, hnsw" "$W/made1000000" made-up 1000000 --index hnsw
fi
