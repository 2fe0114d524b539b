// What the Functions host keeps for itself: leases of timers, keys, and the package that it runs. No user's data.
param name string
param location string
param tags object
param openToAll bool

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: openToAll ? 'Enabled' : 'Disabled'
    networkAcls: { defaultAction: openToAll ? 'Allow' : 'Deny', bypass: 'AzureServices' }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
}

resource packages 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = {
  parent: blobs
  name: 'packages'
  properties: { publicAccess: 'None' }
}

output id string = account.id
output name string = account.name
output blobs string = 'https://${account.name}.blob.${environment().suffixes.storage}/'
output packages string = 'https://${account.name}.blob.${environment().suffixes.storage}/${packages.name}'
