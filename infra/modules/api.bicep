// The function app, on Flex Consumption: one Rust binary as a custom handler.
param name string
param planName string
param location string
param tags object
param identityId string
param identityClientId string
param packages string
param hostBlobs string
param documents string
param database string
param blobs string
param serviceBus string
param realtime string
param safety string
param insights string
param vault string
param publicUrl string
param frontDoorId string
param appUrl string
param origins string[]
param subnetId string
param oidcIssuer string
param oidcAudience string
param oidcMetadataUrl string
param oidcRequiredScope string
param oidcTenant string
param oidcPolicies string
param providers string[]
param foundryEndpoint string
param cogBaseUrl string
param sells bool
param stripeReports bool
param stripeAutomaticTax bool
param extraSettings object
param instanceMemoryMB int
param maximumInstanceCount int
param alwaysReady { name: string, instanceCount: int }[]
param httpConcurrency int
param queueConcurrency int

// The platform puts the newest version of the secret where the reference stands, within a day, or when it is told to.
// The handler does not start on one that it could not resolve, and names it.
var secret = '@Microsoft.KeyVault(SecretUri=${vault}secrets/'

// What the host reads.
var hostSettings = {
  AzureWebJobsStorage__blobServiceUri: hostBlobs
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  ServiceBus__fullyQualifiedNamespace: serviceBus
  ServiceBus__credential: 'managedidentity'
  ServiceBus__clientId: identityClientId
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  AzureFunctionsJobHost__extensions__serviceBus__maxConcurrentCalls: string(queueConcurrency)
}

// What the handler reads: rows of the table in src/config.rs.
var coreSettings = {
  AZURE_CLIENT_ID: identityClientId
  IMAGEGEN_DOCUMENTS: documents
  COSMOS_DATABASE: database
  IMAGEGEN_BLOBS: blobs
  WEB_PUBSUB_ENDPOINT: realtime
  CONTENT_SAFETY_ENDPOINT: safety
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights
  PUBLIC_URL: publicUrl
  APP_URL: appUrl
  TICKET_KEY: '${secret}ticket-key/)'
  OIDC_ISSUER: oidcIssuer
  OIDC_AUDIENCE: oidcAudience
  OIDC_REQUIRED_SCOPE: oidcRequiredScope
}
var metadataSettings = empty(oidcMetadataUrl) ? {} : { OIDC_METADATA_URL: oidcMetadataUrl }
var tenantSettings = empty(oidcTenant) ? {} : { OIDC_TENANT: oidcTenant }
var policySettings = empty(oidcPolicies) ? {} : { OIDC_POLICIES: oidcPolicies }
var replicateSettings = contains(providers, 'replicate') ? {
  REPLICATE_API_TOKEN: '${secret}replicate-api-token/)'
  REPLICATE_WEBHOOK_SECRETS: '${secret}replicate-webhook-secrets/)'
} : {}
var foundrySettings = contains(providers, 'foundry') ? { FOUNDRY_ENDPOINT: foundryEndpoint } : {}
var bflSettings = contains(providers, 'bfl') ? {
  BFL_API_KEY: '${secret}bfl-api-key/)'
  BFL_WEBHOOK_SECRET: '${secret}bfl-webhook-secret/)'
} : {}
var cogSettings = contains(providers, 'cog') ? { COG_BASE_URL: cogBaseUrl } : {}
var stripeSettings = sells ? {
  STRIPE_API_KEY: '${secret}stripe-api-key/)'
  STRIPE_AUTOMATIC_TAX: string(stripeAutomaticTax)
} : {}
var stripeWebhookSettings = sells && stripeReports ? { STRIPE_WEBHOOK_SECRETS: '${secret}stripe-webhook-secrets/)' } : {}

// Behind Front Door, nobody else gets in. The header says whose Front Door it is.
var behindDoor = [
  {
    name: 'front-door'
    priority: 100
    action: 'Allow'
    tag: 'ServiceTag'
    ipAddress: 'AzureFrontDoor.Backend'
    headers: { 'x-azure-fdid': [ frontDoorId ] }
  }
]

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      // The platform answers the browsers' questions itself; the handler never sees them.
      cors: { allowedOrigins: origins, supportCredentials: false }
      ipSecurityRestrictionsDefaultAction: empty(frontDoorId) ? 'Allow' : 'Deny'
      ipSecurityRestrictions: empty(frontDoorId) ? [] : behindDoor
      // Deployments come from wherever the workflow runs; they need a token.
      scmIpSecurityRestrictionsUseMain: false
    }
    functionAppConfig: {
      runtime: { name: 'custom', version: '1.0' }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packages
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReady
        triggers: { http: { perInstanceConcurrency: httpConcurrency } }
      }
    }
  }
}

resource settings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: app
  name: 'appsettings'
  properties: union(
    hostSettings,
    coreSettings,
    metadataSettings,
    tenantSettings,
    policySettings,
    replicateSettings,
    foundrySettings,
    bflSettings,
    cogSettings,
    stripeSettings,
    stripeWebhookSettings,
    extraSettings
  )
}

// No password for deployments either.
resource deployPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

resource ftpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}
