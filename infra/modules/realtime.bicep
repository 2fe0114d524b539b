// Web PubSub: live updates. Clients come with tokens that the app has made for them.
param name string
param location string
param tags object
param sku string
param units int

resource hubs 'Microsoft.SignalRService/webPubSub@2024-03-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: sku, capacity: units }
  kind: 'WebPubSub'
  properties: {
    disableLocalAuth: true
    disableAadAuth: false
    publicNetworkAccess: 'Enabled'
  }
}

output name string = hubs.name
output endpoint string = 'https://${hubs.properties.hostName}'
