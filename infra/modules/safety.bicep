// Azure AI Content Safety: prompts, uploads and pictures.
param name string
param location string
param tags object
param openToAll bool

resource account 'Microsoft.CognitiveServices/accounts@2024-10-01' = {
  name: name
  location: location
  tags: tags
  kind: 'ContentSafety'
  sku: { name: 'S0' }
  properties: {
    // Tokens are only taken at a name of its own.
    customSubDomainName: name
    disableLocalAuth: true
    publicNetworkAccess: openToAll ? 'Enabled' : 'Disabled'
    networkAcls: { defaultAction: openToAll ? 'Allow' : 'Deny' }
  }
}

output id string = account.id
output name string = account.name
output endpoint string = 'https://${account.name}.cognitiveservices.azure.com'
