#!/usr/bin/env bash
# Whether a deployment works, without signing in: smoke.sh URL [VERSION] [ORIGIN]
# URL is that of the API, VERSION what it must say it is, ORIGIN the web page, which must be there, know the API and be
# allowed to call it.
# TRIES is how often a slow start is waited for, every five seconds.
set -euo pipefail
url=${1:?smoke.sh URL [VERSION] [ORIGIN]}
version=${2:-}
origin=${3:-}
origin=${origin%/}
tries=${TRIES:-36}
url=${url%/}

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
failed=0

# Prints the status; 000 if nobody answers. The headers and the body are in $answer.
call() {
  curl --silent --show-error --max-time 30 --include --output "$answer" --write-out '%{http_code}' "$@" || true
}

# check NAME STATUS PATTERN curl-arguments…: the status is one of STATUS (an extended expression), and PATTERN is there.
check() {
  local name=$1 wanted=$2 pattern=$3 status
  shift 3
  status=$(call "$@")
  if [[ $status =~ ^($wanted)$ ]] && grep -qiE -- "$pattern" "$answer"; then
    echo "ok    $name"
  else
    echo "FAIL  $name: status $status, wanted $wanted with $pattern" >&2
    failed=1
  fi
}

try=1
until [[ $(call "$url/api/health") == 200 ]]; do
  if [ "$try" -ge "$tries" ]; then
    echo "FAIL  $url/api/health does not answer 200; at last:" >&2
    head -c 2000 "$answer" >&2 || true
    exit 1
  fi
  try=$((try + 1))
  sleep 5
done

check "it is well" 200 '"status": ?"ok"' "$url/api/health"
if [ -n "$version" ]; then
  check "it is version $version" 200 "\"version\": ?\"${version//./\\.}\"" "$url/api/health"
fi
check "it has models" 200 'flux-schnell' "$url/api/v1/models"
check "nobody gets in without a token" 401 'www-authenticate: *bearer' "$url/api/v1/me"
check "nor with a wrong one" 401 'www-authenticate: *bearer' -H 'Authorization: Bearer nonsense' "$url/api/v1/me"
check "a report without a signature is refused" '4[0-9][0-9]' '.' -X POST -d '{}' "$url/api/webhooks/stripe"
check "a queue's function cannot be called" 404 '.' -X POST -d '{}' "$url/submit_generation_free"
if [ -n "$origin" ]; then
  check "the page may call" '200|204' "access-control-allow-origin: *$origin" -X OPTIONS \
    -H "Origin: $origin" -H 'Access-Control-Request-Method: POST' \
    -H 'Access-Control-Request-Headers: authorization,content-type' "$url/api/v1/generations"
  check "the page is there, with its policy" 200 "^content-security-policy:.*script-src 'self';" "$origin/"
  check "the page knows its API" 200 "\"api\": ?\"${url//./\\.}\"" "$origin/config.json"
  check "an address that leads nowhere is said to" 404 'text/html' "$origin/nowhere/"
fi
exit "$failed"
