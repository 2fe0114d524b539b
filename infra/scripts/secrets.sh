#!/usr/bin/env bash
# After `azd provision`: makes the secrets that are nobody's but ours, if they are not there, names those that are
# missing, and has the app read them anew. It never prints one. It may be repeated at any time.
# Reads AZURE_KEY_VAULT, AZURE_RESOURCE_GROUP, AZURE_FUNCTION_APP, AZURE_SUBSCRIPTION_ID; azd sets them.
set -euo pipefail
vault=${AZURE_KEY_VAULT:?run it with azd, or set AZURE_KEY_VAULT}
group=${AZURE_RESOURCE_GROUP:?}
app=${AZURE_FUNCTION_APP:?}
subscription=${AZURE_SUBSCRIPTION_ID:?}

# A new ticket-key ends every share link. So what is there is asked first, and no answer is the end: a role that was
# given a moment ago may take some minutes.
try=1
until names=$(az keyvault secret list --vault-name "$vault" --query '[].name' --output tsv --only-show-errors); do
  if [ "$try" -ge "${TRIES:-30}" ]; then
    echo "The vault $vault does not say what is in it: nothing was changed." >&2
    exit 1
  fi
  try=$((try + 1))
  sleep 10
done
there() { grep -qx -- "$1" <<< "$names"; }

for name in ticket-key bfl-webhook-secret; do
  if there "$name"; then
    echo "ok    $name"
  else
    # Through a pipe: an argument would show in the list of processes.
    head -c 32 /dev/urandom | base64 | tr -d '\n' |
      az keyvault secret set --vault-name "$vault" --name "$name" --file /dev/stdin --output none --only-show-errors
    echo "made  $name"
  fi
done
for name in replicate-api-token replicate-webhook-secrets bfl-api-key stripe-api-key stripe-webhook-secrets; do
  if there "$name"; then echo "ok    $name"; else echo "none  $name"; fi
done

# The platform would look again within a day.
az rest --method post --only-show-errors --output none --url \
  "https://management.azure.com/subscriptions/$subscription/resourceGroups/$group/providers/Microsoft.Web/sites/$app/config/configreferences/appsettings/refresh?api-version=2022-03-01"
echo "The app reads its secrets anew."
