#!/usr/bin/env bash
# Puts the web page into the Static Web App: deploy-web.sh RESOURCE_GROUP STATIC_WEB_APP FOLDER
# FOLDER is what `make web` built. The page is made for the place that API_URL, PICTURES_URL, REALTIME_URL and SIGN_IN_…
# name (frontend/scripts/place.mjs). Needs `az login` and Node.js. The key for uploading is asked for when it is used,
# and is in no argument and no file.
set -euo pipefail
group=${1:?deploy-web.sh RESOURCE_GROUP STATIC_WEB_APP FOLDER}
app=${2:?deploy-web.sh RESOURCE_GROUP STATIC_WEB_APP FOLDER}
folder=${3:?deploy-web.sh RESOURCE_GROUP STATIC_WEB_APP FOLDER}
here=$(cd "$(dirname "$0")" && pwd)
# Looked up 2026-11-22. It fetches Microsoft's uploader when it runs.
cli=@azure/static-web-apps-cli@2.0.10

placed=$(mktemp -d)
trap 'rm -rf "$placed"' EXIT
node "$here/../../frontend/scripts/place.mjs" "$folder" "$placed/page"

SWA_CLI_DEPLOYMENT_TOKEN=$(az staticwebapp secrets list --resource-group "$group" --name "$app" \
  --query properties.apiKey --output tsv)
[ -n "$SWA_CLI_DEPLOYMENT_TOKEN" ] || { echo "$app gives no key for uploading." >&2; exit 1; }
export SWA_CLI_DEPLOYMENT_TOKEN
echo "Deploying the page to $app."
# From an empty folder: it takes settings from the one that it is started in.
cd "$placed"
npx --yes "$cli" deploy page --env production --no-use-keychain
