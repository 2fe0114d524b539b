#!/usr/bin/env bash
# Once for each subscription: the two identities that the workflows work as, without a password anywhere.
#   federation.sh SUBSCRIPTION_ID LOCATION OWNER/REPOSITORY
# `imagegen-deploy` may change the subscription, and give only the roles of infra/modules/roles.bicep. It is for the
# GitHub environment `production`, whose protection rules say who approves. `imagegen-what-if` may look, and is for
# pull requests (environment `what-if`). It may be repeated; you need to be Owner of the subscription.
set -euo pipefail
subscription=${1:?federation.sh SUBSCRIPTION_ID LOCATION OWNER/REPOSITORY}
location=${2:?federation.sh SUBSCRIPTION_ID LOCATION OWNER/REPOSITORY}
repository=${3:?federation.sh SUBSCRIPTION_ID LOCATION OWNER/REPOSITORY}
scope=/subscriptions/$subscription
group=rg-imagegen-delivery
roles=$(dirname "$0")/../modules/roles.bicep

az group create --subscription "$subscription" --name "$group" --location "$location" --output none

# identity NAME ENVIRONMENT: prints the principal's id.
identity() {
  az identity create --subscription "$subscription" --resource-group "$group" --name "$1" --output none
  az identity federated-credential create --subscription "$subscription" --resource-group "$group" \
    --identity-name "$1" --name github --issuer https://token.actions.githubusercontent.com \
    --subject "repo:$repository:environment:$2" --audiences api://AzureADTokenExchange --output none
  az identity show --subscription "$subscription" --resource-group "$group" --name "$1" --query principalId --output tsv
}

# grant PRINCIPAL ROLE [arguments…]
grant() {
  local principal=$1 role=$2
  shift 2
  az role assignment create --assignee-object-id "$principal" --assignee-principal-type ServicePrincipal \
    --role "$role" --scope "$scope" --output none "$@"
}

deploy=$(identity imagegen-deploy production)
look=$(identity imagegen-what-if what-if)

# Only the roles of the table, so that whoever takes over a workflow does not become Owner.
allowed=$(grep -oE "'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'" "$roles" | tr -d "'" | grep -v '^00000000' | sort -u | paste -sd, -)
condition="((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {$allowed})) AND ((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {$allowed}))"
grant "$deploy" Contributor
grant "$deploy" 'Role Based Access Control Administrator' --condition "$condition" --condition-version 2.0

what_if='ImageGenerator what-if'
if [ -z "$(az role definition list --subscription "$subscription" --name "$what_if" --query '[].id' --output tsv)" ]; then
  az role definition create --subscription "$subscription" --output none --role-definition "{
    \"Name\": \"$what_if\", \"Description\": \"Ask what a deployment would change\", \"AssignableScopes\": [\"$scope\"],
    \"Actions\": [\"*/read\", \"Microsoft.Resources/deployments/whatIf/action\", \"Microsoft.Resources/deployments/validate/action\"]
  }"
fi
grant "$look" "$what_if"

echo "Variables of the GitHub environments:"
for pair in production:imagegen-deploy what-if:imagegen-what-if; do
  client=$(az identity show --subscription "$subscription" --resource-group "$group" --name "${pair#*:}" --query clientId --output tsv)
  echo "  ${pair%%:*}  AZURE_CLIENT_ID=$client  AZURE_SUBSCRIPTION_ID=$subscription  AZURE_TENANT_ID=$(az account show --subscription "$subscription" --query tenantId --output tsv)"
done
