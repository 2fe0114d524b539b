// Everything of one environment, in one resource group. `docs/deployment.md` says how to run it, and what nobody has run yet.
targetScope = 'subscription'

@minLength(2)
@maxLength(32)
@description('Names the resource group, and with the subscription and the region all that is in it.')
param environmentName string

@description('The region of everything but the web page.')
param location string = deployment().location

@description('The region of the web page: Static Web Apps are in a few regions only, and served from everywhere.')
@allowed([ 'centralus', 'eastasia', 'eastus2', 'westeurope', 'westus2' ])
param webLocation string = 'westeurope'

// Who signs in.

@description('The `iss` of access tokens, letter for letter.')
param oidcIssuer string

@description('The `aud` of access tokens: the client id of the API.')
param oidcAudience string

@description('Where the issuer has its metadata; empty: at the issuer, under /.well-known/openid-configuration.')
param oidcMetadataUrl string = ''

@description('The scope that an access token must have.')
param oidcRequiredScope string = 'access_as_user'

@description('Entra External ID: the tenant that `tid` must be.')
param oidcTenant string = ''

@description('Azure AD B2C: the user flows whose tokens are taken, separated by commas.')
param oidcPolicies string = ''

// Who draws, and who is paid. A provider that is named here needs its secrets in the vault, or nothing starts.

@description('Who may be asked to draw: replicate, foundry, bfl, cog.')
param providers string[] = [ 'replicate' ]

@description('Where FLUX in Azure AI Foundry is; needed when providers has foundry. The app\'s identity needs Cognitive Services User there.')
param foundryEndpoint string = ''

@description('Where the Cog server is; needed when providers has cog.')
param cogBaseUrl string = ''

@description('Whether anything is sold: the vault then has stripe-api-key.')
param sells bool = false

@description('Whether Stripe reports: the vault then has stripe-webhook-secrets. Comes after the first deployment, because Stripe needs the address.')
param stripeReports bool = false

@description('Whether Stripe adds tax at its checkout.')
param stripeAutomaticTax bool = false

@description('Other settings of docs/settings.md, and `AzureWebJobs.<function>.Disabled`. No secrets: they would be in the deployment history.')
param extraSettings object = {}

// Secrets. Empty leaves in the vault what is there. Nothing else has them: not the settings, not an output.

@secure()
@description('Signs the addresses that providers report to: 32 random bytes in base64.')
param ticketKey string = ''
@secure()
param replicateApiToken string = ''
@secure()
param replicateWebhookSecrets string = ''
@secure()
param bflApiKey string = ''
@secure()
param bflWebhookSecret string = ''
@secure()
param stripeApiKey string = ''
@secure()
param stripeWebhookSecrets string = ''

// Size. docs/scaling.md explains each.

@description('serverless is paid by request; autoscale by the hour, and has room up to its maximum.')
@allowed([ 'serverless', 'autoscale' ])
param documentsCapacity string = 'serverless'

@description('The most request units a second, when documentsCapacity is autoscale; a tenth is always paid.')
@minValue(1000)
param documentsMaxThroughput int = 4000

@description('Memory of an instance in MB; the processor comes with it.')
@allowed([ 512, 2048, 4096 ])
param instanceMemoryMB int = 2048

@description('The most instances of all scale groups together.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 100

@description('Instances that wait for work, by scale group: `http`, or `function:` and a name. They are paid all the time.')
param alwaysReady { name: string, instanceCount: int }[] = [ { name: 'http', instanceCount: 1 } ]

@description('Requests at once that an instance of the `http` group takes before another one is started.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int = 64

@description('Messages at once of one queue on one instance. The host has one number for all queues.')
@minValue(1)
@maxValue(64)
param queueConcurrency int = 16

@description('Free_F1 carries 20 browsers at once; Standard_S1 a thousand for each unit.')
@allowed([ 'Free_F1', 'Standard_S1' ])
param realtimeSku string = 'Free_F1'

@minValue(1)
@maxValue(100)
param realtimeUnits int = 1

@allowed([ 'Free', 'Standard' ])
param webSku string = 'Free'

// Addresses.

@description('A domain of your own for the web page, such as example.com; its DNS record must be there first.')
param webDomain string = ''

@description('Origins besides the web page that may call the API and send pictures, such as http://localhost:3000.')
param extraOrigins string[] = []

@description('Whether the API stands behind Azure Front Door, and answers to nobody else.')
param frontDoor bool = false

@description('A domain of your own for the API; needs frontDoor.')
param apiDomain string = ''

@description('Whether stores are reached through private endpoints only. The pictures stay reachable: browsers fetch them.')
param privateNetwork bool = false

// People.

@description('Whom alerts are mailed to.')
param alertEmails string[] = []

@description('The user or group that may write secrets, read the ledger and put dead letters back; empty: nobody.')
param operatorPrincipalId string = ''

@allowed([ 'User', 'Group', 'ServicePrincipal' ])
param operatorPrincipalType string = 'User'

@description('USD that providers may cost in a day before somebody is told.')
@minValue(1)
param spendAlertUsdPerDay int = 50

@description('Have the scale controller count messages: it then needs a role that may do anything on the queues. See docs/scaling.md.')
param countMessages bool = false

var suffix = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }
var functionAppName = 'func-${suffix}'
var hostName = '${functionAppName}.azurewebsites.net'
var openToAll = !privateNetwork

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  name: 'identity'
  params: { name: 'id-${suffix}', location: location, tags: tags }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  name: 'monitoring'
  params: { suffix: suffix, location: location, tags: tags }
}

module web 'modules/web.bicep' = {
  scope: group
  name: 'web'
  params: { name: 'stapp-${suffix}', location: webLocation, tags: tags, sku: webSku, domain: webDomain }
}

module documents 'modules/documents.bicep' = {
  scope: group
  name: 'documents'
  params: {
    name: 'cosmos-${suffix}'
    location: location
    tags: tags
    capacity: documentsCapacity
    maxThroughput: documentsMaxThroughput
    database: 'imagegen'
    openToAll: openToAll
  }
}

module hosting 'modules/hosting-storage.bicep' = {
  scope: group
  name: 'hosting-storage'
  params: { name: 'sthost${suffix}', location: location, tags: tags, openToAll: openToAll }
}

module pictures 'modules/pictures.bicep' = {
  scope: group
  name: 'pictures'
  params: { name: 'stpics${suffix}', location: location, tags: tags, origins: concat([ web.outputs.url ], extraOrigins) }
}

module queues 'modules/queues.bicep' = {
  scope: group
  name: 'queues'
  params: { name: 'sb-${suffix}', location: location, tags: tags }
}

module realtime 'modules/realtime.bicep' = {
  scope: group
  name: 'realtime'
  params: { name: 'wps-${suffix}', location: location, tags: tags, sku: realtimeSku, units: realtimeUnits }
}

module safety 'modules/safety.bicep' = {
  scope: group
  name: 'safety'
  params: { name: 'safety-${suffix}', location: location, tags: tags, openToAll: openToAll }
}

module vault 'modules/vault.bicep' = {
  scope: group
  name: 'vault'
  params: {
    name: 'kv-${suffix}'
    location: location
    tags: tags
    openToAll: openToAll
    ticketKey: ticketKey
    replicateApiToken: replicateApiToken
    replicateWebhookSecrets: replicateWebhookSecrets
    bflApiKey: bflApiKey
    bflWebhookSecret: bflWebhookSecret
    stripeApiKey: stripeApiKey
    stripeWebhookSecrets: stripeWebhookSecrets
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  scope: group
  name: 'network'
  params: {
    name: 'vnet-${suffix}'
    location: location
    tags: tags
    targets: [
      { name: 'documents', id: documents.outputs.id, kind: 'Sql', zone: 'privatelink.documents.azure.com' }
      { name: 'hosting', id: hosting.outputs.id, kind: 'blob', zone: 'privatelink.blob.${environment().suffixes.storage}' }
      { name: 'pictures', id: pictures.outputs.id, kind: 'blob', zone: 'privatelink.blob.${environment().suffixes.storage}' }
      { name: 'vault', id: vault.outputs.id, kind: 'vault', zone: 'privatelink.vaultcore.azure.net' }
      { name: 'safety', id: safety.outputs.id, kind: 'account', zone: 'privatelink.cognitiveservices.azure.com' }
    ]
  }
}

module roles 'modules/roles.bicep' = {
  scope: group
  name: 'roles'
  params: {
    appPrincipalId: identity.outputs.principalId
    operatorPrincipalId: operatorPrincipalId
    operatorPrincipalType: operatorPrincipalType
    documentsName: documents.outputs.name
    hostingName: hosting.outputs.name
    picturesName: pictures.outputs.name
    pictureContainers: pictures.outputs.containers
    queuesName: queues.outputs.name
    realtimeName: realtime.outputs.name
    safetyName: safety.outputs.name
    vaultName: vault.outputs.name
    insightsName: monitoring.outputs.insightsName
    countMessages: countMessages
  }
}

module door 'modules/front-door.bicep' = if (frontDoor) {
  scope: group
  name: 'front-door'
  params: { name: 'afd-${suffix}', tags: tags, origin: hostName, domain: apiDomain }
}

module api 'modules/api.bicep' = {
  scope: group
  name: 'api'
  // A host that may not read its package yet fails its first start.
  dependsOn: [ roles ]
  params: {
    name: functionAppName
    planName: 'plan-${suffix}'
    location: location
    tags: union(tags, { 'azd-service-name': 'api' })
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    packages: hosting.outputs.packages
    hostBlobs: hosting.outputs.blobs
    documents: documents.outputs.endpoint
    database: documents.outputs.database
    blobs: pictures.outputs.blobs
    serviceBus: queues.outputs.host
    realtime: realtime.outputs.endpoint
    safety: safety.outputs.endpoint
    insights: monitoring.outputs.connectionString
    vault: vault.outputs.uri
    publicUrl: frontDoor ? door!.outputs.url : 'https://${hostName}'
    frontDoorId: frontDoor ? door!.outputs.id : ''
    appUrl: web.outputs.url
    origins: concat([ web.outputs.url ], extraOrigins)
    subnetId: privateNetwork ? network!.outputs.functionsSubnetId : ''
    oidcIssuer: oidcIssuer
    oidcAudience: oidcAudience
    oidcMetadataUrl: oidcMetadataUrl
    oidcRequiredScope: oidcRequiredScope
    oidcTenant: oidcTenant
    oidcPolicies: oidcPolicies
    providers: providers
    foundryEndpoint: foundryEndpoint
    cogBaseUrl: cogBaseUrl
    sells: sells
    stripeReports: stripeReports
    stripeAutomaticTax: stripeAutomaticTax
    extraSettings: extraSettings
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReady: alwaysReady
    httpConcurrency: httpConcurrency
    queueConcurrency: queueConcurrency
  }
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  name: 'alerts'
  params: {
    location: location
    tags: tags
    emails: alertEmails
    insightsId: monitoring.outputs.insightsId
    queuesId: queues.outputs.id
    documentsId: documents.outputs.id
    healthUrl: '${frontDoor ? door!.outputs.url : 'https://${hostName}'}/api/health'
    spendUsdPerDay: spendAlertUsdPerDay
  }
}

// What azd and the scripts in infra/scripts read. Nothing here is secret.
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_FUNCTION_APP string = functionAppName
output AZURE_KEY_VAULT string = vault.outputs.name
output API_URL string = frontDoor ? door!.outputs.url : 'https://${hostName}'
output WEB_URL string = web.outputs.url
output AZURE_STATIC_WEB_APP string = web.outputs.name
output PICTURES_URL string = pictures.outputs.blobs
output REALTIME_URL string = realtime.outputs.endpoint
output IMAGEGEN_DOCUMENTS string = documents.outputs.endpoint
