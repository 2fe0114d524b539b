// Cosmos DB for NoSQL. What is in it is written down once, in infra/cosmos/containers.json: `imagegen` reads the same file.
param name string
param location string
param tags object
param capacity string
param maxThroughput int
param openToAll bool

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
    consistencyPolicy: { defaultConsistencyLevel: layout.consistency }
    capabilities: serverless ? [ { name: 'EnableServerless' } ] : []
    disableLocalAuth: true
    disableKeyBasedMetadataWriteAccess: true
    minimalTlsVersion: 'Tls12'
    publicNetworkAccess: openToAll ? 'Enabled' : 'Disabled'
    backupPolicy: { type: 'Continuous', continuousModeProperties: { tier: 'Continuous7Days' } }
  }
}

resource database 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2024-11-15' = {
  parent: account
  name: layout.database
  properties: {
    resource: { id: layout.database }
    // Shared by the containers.
    options: serverless ? {} : { autoscaleSettings: { maxThroughput: maxThroughput } }
  }
}

resource containers 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2024-11-15' = [for container in layout.containers: {
  parent: database
  name: container.name
  properties: {
    resource: union({
      id: container.name
      partitionKey: container.partitionKey
      indexingPolicy: container.indexingPolicy
    }, contains(container, 'defaultTtl') ? { defaultTtl: container.defaultTtl } : {})
  }
}]

output id string = account.id
output name string = account.name
output endpoint string = 'https://${account.name}.documents.azure.com/'
output database string = database.name
