// Cosmos DB for NoSQL. Its containers are written down once, in infra/cosmos/containers.json, with which the adapter and
// its tests are built too.
param name string
param location string
param tags object
param capacity string
param maxThroughput int
param openToAll bool
param database string

var layout = loadJsonContent('../cosmos/containers.json')
var serverless = capacity == 'serverless'

resource account 'Microsoft.DocumentDB/databaseAccounts@2024-11-15' = {
  name: name
  location: location
  tags: tags
  kind: 'GlobalDocumentDB'
  properties: {
    databaseAccountOfferType: 'Standard'
    locations: [ { locationName: location, failoverPriority: 0, isZoneRedundant: false } ]
    consistencyPolicy: layout.consistencyPolicy
    capabilities: serverless ? [ { name: 'EnableServerless' } ] : []
    disableLocalAuth: true
    disableKeyBasedMetadataWriteAccess: true
    minimalTlsVersion: 'Tls12'
    publicNetworkAccess: openToAll ? 'Enabled' : 'Disabled'
    backupPolicy: { type: 'Continuous', continuousModeProperties: { tier: 'Continuous7Days' } }
  }
}

resource documents 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2024-11-15' = {
  parent: account
  name: database
  properties: {
    resource: { id: database }
    // Shared by the containers.
    options: serverless ? {} : { autoscaleSettings: { maxThroughput: maxThroughput } }
  }
}

resource containers 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2024-11-15' = [for container in layout.containers: {
  parent: documents
  name: container.id
  properties: { resource: container }
}]

output id string = account.id
output name string = account.name
output endpoint string = 'https://${account.name}.documents.azure.com/'
output database string = documents.name
