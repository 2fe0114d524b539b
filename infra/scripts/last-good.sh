#!/usr/bin/env bash
# Prints the id of the newest run of the workflow `deploy` that succeeded, other than this one: last-good.sh
# Needs `gh` with GH_TOKEN and GH_REPO; GITHUB_RUN_ID is the run that does not count.
set -euo pipefail
this=${GITHUB_RUN_ID:-0}
run=$(gh run list --workflow deploy.yml --branch main --status success --limit 10 --json databaseId \
  --jq "[.[].databaseId | select(. != $this)] | first // empty")
[ -n "$run" ] || { echo "No deployment has succeeded yet." >&2; exit 1; }
echo "$run"
