#!/usr/bin/env bash
# Puts a package into the function app: deploy.sh RESOURCE_GROUP FUNCTION_APP ZIP
# Needs `az login`. The platform copies the package into the app's container with the app's own identity, finds the
# triggers in it and starts new instances; calls under way end on the old ones.
set -euo pipefail
group=${1:?deploy.sh RESOURCE_GROUP FUNCTION_APP ZIP}
app=${2:?deploy.sh RESOURCE_GROUP FUNCTION_APP ZIP}
zip=${3:?deploy.sh RESOURCE_GROUP FUNCTION_APP ZIP}

[ -f "$zip" ] || { echo "There is no package at $zip." >&2; exit 1; }
echo "Deploying $(basename "$zip"), $(sha256sum "$zip" | cut -c 1-12), to $app."
az functionapp deployment source config-zip \
  --resource-group "$group" --name "$app" --src "$zip" --timeout 600 --only-show-errors --output none
