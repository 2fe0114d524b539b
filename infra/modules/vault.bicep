// The secrets of others: tokens of providers, Stripe's keys. Azure's own services need none.
param name string
param location string
param tags object
param openToAll bool

// Empty: what is in the vault stays.
@secure()
param ticketKey string
@secure()
param replicateApiToken string
@secure()
param replicateWebhookSecrets string
@secure()
param bflApiKey string
@secure()
param bflWebhookSecret string
@secure()
param stripeApiKey string
@secure()
param stripeWebhookSecrets string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    publicNetworkAccess: openToAll ? 'Enabled' : 'Disabled'
    networkAcls: { defaultAction: openToAll ? 'Allow' : 'Deny', bypass: 'AzureServices' }
  }
}

resource ticket 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(ticketKey)) {
  parent: vault
  name: 'ticket-key'
  properties: { value: ticketKey }
}

resource replicateToken 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(replicateApiToken)) {
  parent: vault
  name: 'replicate-api-token'
  properties: { value: replicateApiToken }
}

resource replicateWebhook 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(replicateWebhookSecrets)) {
  parent: vault
  name: 'replicate-webhook-secrets'
  properties: { value: replicateWebhookSecrets }
}

resource bfl 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(bflApiKey)) {
  parent: vault
  name: 'bfl-api-key'
  properties: { value: bflApiKey }
}

resource bflWebhook 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(bflWebhookSecret)) {
  parent: vault
  name: 'bfl-webhook-secret'
  properties: { value: bflWebhookSecret }
}

resource stripe 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(stripeApiKey)) {
  parent: vault
  name: 'stripe-api-key'
  properties: { value: stripeApiKey }
}

resource stripeWebhook 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(stripeWebhookSecrets)) {
  parent: vault
  name: 'stripe-webhook-secrets'
  properties: { value: stripeWebhookSecrets }
}

output id string = vault.id
output name string = vault.name
output uri string = vault.properties.vaultUri
