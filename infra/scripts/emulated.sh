#!/usr/bin/env bash
# One picture as in Azure: the handler without keys, its documents in Microsoft's emulator of Cosmos DB and its pictures in
# Azurite. Prints what each invocation was charged in request units, and the sum; fails when that is more than 80. Nothing
# but the picture is left behind.
#
# usage: emulated.sh ["a prompt" [picture.webp]]
set -euo pipefail
cd "$(dirname "$0")/../.."
prompt=${1:-a lighthouse at night}
picture=${2:-pictures/emulated.webp}
bin=target/debug
data=$(mktemp -d)
started=()

stop() {
  # Azurite ends when its standard input does, and with it at once.
  exec 3>&-
  for process in "${started[@]}"; do kill "$process" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$data"
}
trap stop EXIT

# What stands in a file, once there is something.
first_line() {
  for _ in $(seq 300); do
    if [ -s "$1" ]; then head -n 1 "$1"; return; fi
    sleep 0.1
  done
  echo "$2 did not start" >&2
  return 1
}

"$bin/cosmos-emulator" --port 0 >"$data/cosmos" &
started+=($!)
mkfifo "$data/open"
exec 3<>"$data/open"
node tests/peers/azurite.mjs 0 <"$data/open" >"$data/azurite" 3>&- &
started+=($!)

IMAGEGEN_DOCUMENTS=$(first_line "$data/cosmos" "The emulator of Cosmos DB")
azurite=$(first_line "$data/azurite" "Azurite")
# The account and key of every storage emulator, and public.
IMAGEGEN_BLOBS="DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;BlobEndpoint=$azurite/devstoreaccount1;"
export IMAGEGEN_DOCUMENTS IMAGEGEN_BLOBS
"$bin/imagegen" documents setup
"$bin/imagegen" blobs setup

# From here on by identity: only Azurite, which takes tokens over https alone, keeps its key.
IMAGEGEN_DOCUMENTS=$(sed 's/^AccountEndpoint=\([^;]*\);.*/\1/' "$data/cosmos")
export LOG_LEVEL=info,imagegen::functions::router=debug
"$bin/imagegen-local" --port 0 --data "$data/local" --keyless >"$data/log" 2>&1 3>&- &
started+=($!)
port=$(first_line "$data/local/port" "The local cloud")
"$bin/imagegen-local" demo --port "$port" --prompt "$prompt" --out "$picture"

echo
echo "Request units of the invocations about it, as the emulator charges them:"
node infra/scripts/request-units.mjs 80 <"$data/log"
