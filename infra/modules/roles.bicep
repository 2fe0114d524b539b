// Who may do what: every role of every identity, and nowhere else. Each is for one resource, and as small as does.
param appPrincipalId string
param operatorPrincipalId string
param operatorPrincipalType string
param documentsName string
param hostingName string
param picturesName string
param pictureContainers string[]
param queuesName string
param realtimeName string
param safetyName string
param vaultName string
param insightsName string
param countMessages bool

// Azure's own roles, by the names that its documents call them.
var role = {
  'Azure Service Bus Data Owner': '090c5cfd-751d-490a-894a-3ce6f1109419'
  'Azure Service Bus Data Receiver': '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0'
  'Azure Service Bus Data Sender': '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'
  'Cognitive Services User': 'a97b65f3-24c7-4388-baec-2e87135dc908'
  'Key Vault Secrets Officer': 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
  'Key Vault Secrets User': '4633458b-17de-408a-b874-0445c86b69e6'
  'Monitoring Metrics Publisher': '3913510d-42f4-4e42-8a64-420c390055eb'
  'Storage Blob Data Contributor': 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  'Storage Blob Data Owner': 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  'Storage Blob Delegator': 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a'
  'Web PubSub Service Owner': '12cf5a90-567b-43ae-8102-96cf46c7d9b4'
}
// Cosmos DB has roles of its own for documents: Cosmos DB Built-in Data Contributor.
var documentsContributor = '00000000-0000-0000-0000-000000000002'
var definitions = 'Microsoft.Authorization/roleDefinitions'
var operated = !empty(operatorPrincipalId)

resource documents 'Microsoft.DocumentDB/databaseAccounts@2024-11-15' existing = {
  name: documentsName
}
resource hosting 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: hostingName
}
resource pictures 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: picturesName
}
resource pictureBlobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' existing = {
  parent: pictures
  name: 'default'
}
resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' existing = [for container in pictureContainers: {
  parent: pictureBlobs
  name: container
}]
resource queues 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: queuesName
}
resource realtime 'Microsoft.SignalRService/webPubSub@2024-03-01' existing = {
  name: realtimeName
}
resource safety 'Microsoft.CognitiveServices/accounts@2024-10-01' existing = {
  name: safetyName
}
resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}
resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

// The app.

resource appDocuments 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2024-11-15' = {
  parent: documents
  name: guid(documents.id, appPrincipalId, documentsContributor)
  properties: {
    principalId: appPrincipalId
    roleDefinitionId: '${documents.id}/sqlRoleDefinitions/${documentsContributor}'
    scope: documents.id
  }
}

// The host's leases and keys, and the package. The host's documents ask for Owner.
resource appHosting 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: hosting
  name: guid(hosting.id, appPrincipalId, role['Storage Blob Data Owner'])
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(definitions, role['Storage Blob Data Owner'])
  }
}

resource appPictures 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (container, i) in pictureContainers: {
  scope: containers[i]
  name: guid(pictures.id, container, appPrincipalId, role['Storage Blob Data Contributor'])
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(definitions, role['Storage Blob Data Contributor'])
  }
}]

// The key that signs links is the account's to give. It opens nothing that the containers' role does not.
resource appLinks 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: pictures
  name: guid(pictures.id, appPrincipalId, role['Storage Blob Delegator'])
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(definitions, role['Storage Blob Delegator'])
  }
}

resource appSends 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: queues
  name: guid(queues.id, appPrincipalId, role['Azure Service Bus Data Sender'])
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(definitions, role['Azure Service Bus Data Sender'])
  }
}

resource appReceives 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: queues
  name: guid(queues.id, appPrincipalId, role['Azure Service Bus Data Receiver'])
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(definitions, role['Azure Service Bus Data Receiver'])
  }
}

// Only who wants the scale controller to count: there is no smaller role with the right to manage.
resource appCounts 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (countMessages) {
  scope: queues
  name: guid(queues.id, appPrincipalId, role['Azure Service Bus Data Owner'])
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(definitions, role['Azure Service Bus Data Owner'])
  }
}

// Sending to users and making their tokens: there is no smaller role for either.
resource appPublishes 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: realtime
  name: guid(realtime.id, appPrincipalId, role['Web PubSub Service Owner'])
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(definitions, role['Web PubSub Service Owner'])
  }
}

resource appChecks 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: safety
  name: guid(safety.id, appPrincipalId, role['Cognitive Services User'])
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(definitions, role['Cognitive Services User'])
  }
}

resource appReadsSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, appPrincipalId, role['Key Vault Secrets User'])
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(definitions, role['Key Vault Secrets User'])
  }
}

resource appReports 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, appPrincipalId, role['Monitoring Metrics Publisher'])
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(definitions, role['Monitoring Metrics Publisher'])
  }
}

// Whoever operates: writes secrets, runs `imagegen ledger` and `imagegen admin`, puts dead letters back.

resource operatorSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (operated) {
  scope: vault
  name: guid(vault.id, operatorPrincipalId, role['Key Vault Secrets Officer'])
  properties: {
    principalId: operatorPrincipalId
    principalType: operatorPrincipalType
    roleDefinitionId: subscriptionResourceId(definitions, role['Key Vault Secrets Officer'])
  }
}

resource operatorDocuments 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2024-11-15' = if (operated) {
  parent: documents
  name: guid(documents.id, operatorPrincipalId, documentsContributor)
  properties: {
    principalId: operatorPrincipalId
    roleDefinitionId: '${documents.id}/sqlRoleDefinitions/${documentsContributor}'
    scope: documents.id
  }
}

resource operatorReceives 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (operated) {
  scope: queues
  name: guid(queues.id, operatorPrincipalId, role['Azure Service Bus Data Receiver'])
  properties: {
    principalId: operatorPrincipalId
    principalType: operatorPrincipalType
    roleDefinitionId: subscriptionResourceId(definitions, role['Azure Service Bus Data Receiver'])
  }
}

resource operatorSends 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (operated) {
  scope: queues
  name: guid(queues.id, operatorPrincipalId, role['Azure Service Bus Data Sender'])
  properties: {
    principalId: operatorPrincipalId
    principalType: operatorPrincipalType
    roleDefinitionId: subscriptionResourceId(definitions, role['Azure Service Bus Data Sender'])
  }
}
