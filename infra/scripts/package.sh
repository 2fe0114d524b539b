#!/usr/bin/env bash
# Builds the handler as it is deployed and stages it: package.sh FOLDER [ZIP]
set -euo pipefail
folder=${1:?package.sh FOLDER [ZIP]}
zip=${2:-}
cd "$(dirname "$0")/../.."

cargo build --locked --profile dist --bin imagegen
target/dist/imagegen package --out "$folder"

if [ -n "$zip" ]; then
  mkdir -p "$(dirname "$zip")"
  zip=$(cd "$(dirname "$zip")" && pwd)/$(basename "$zip")
  rm -f "$zip"
  # -X: no owners and times of this machine. The run bit of the handler stays.
  (cd "$folder" && find . -type f | LC_ALL=C sort | zip -X -q -@ "$zip")
fi
