// Users' pictures. Private: a browser reads and sends by links that the app signs with its identity. The containers, the
// rules for other origins and the end of what was sent in vain stand in infra/storage/blob-service.json.
param name string
param location string
param tags object
param origins string[]

@description('Days in which a deleted picture can be brought back by an operator; 0: none. Users are promised that it is gone.')
@minValue(0)
@maxValue(30)
param keepDeletedDays int = 0

var layout = loadJsonContent('../storage/blob-service.json')

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_ZRS' }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    // Browsers come from everywhere; each link is good for one blob and a while.
    publicNetworkAccess: 'Enabled'
    networkAcls: { defaultAction: 'Allow', bypass: 'None' }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    cors: { corsRules: [for rule in layout.cors: union(rule, { allowedOrigins: origins })] }
    deleteRetentionPolicy: keepDeletedDays == 0 ? { enabled: false } : { enabled: true, days: keepDeletedDays }
    isVersioningEnabled: false
  }
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = [for container in layout.containers: {
  parent: blobs
  name: container
  properties: { publicAccess: 'None' }
}]

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2024-01-01' = {
  parent: account
  name: 'default'
  dependsOn: [ blobs ]
  properties: { policy: layout.lifecycle }
}

output id string = account.id
output name string = account.name
output blobs string = 'https://${account.name}.blob.${environment().suffixes.storage}'
output containers string[] = layout.containers
