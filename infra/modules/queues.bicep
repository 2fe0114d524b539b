// Service Bus. Standard: Basic knows neither delayed messages nor duplicates. The queues are those of
// crates/core/src/messages.rs; a test holds the two lists together.
param name string
param location string
param tags object

var names = [
  'generation-free'
  'generation-basic'
  'generation-premium'
  'generation-results'
  'credit-resets'
  'upload-removals'
  'library-chores'
  'stripe-events'
]

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Standard', tier: 'Standard' }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
  }
}

resource queues 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = [for queue in names: {
  parent: namespace
  name: queue
  properties: {
    // The longest there is. The host renews it for up to five minutes (host.json); a function ends after two.
    lockDuration: 'PT5M'
    maxDeliveryCount: 10
    // The outbox sends again what it is not sure of, under the same id.
    requiresDuplicateDetection: true
    duplicateDetectionHistoryTimeWindow: 'PT10M'
    // A job ends after an hour, whatever becomes of its messages. Two weeks are for a broken deployment over a holiday.
    defaultMessageTimeToLive: 'P14D'
    deadLetteringOnMessageExpiration: true
    maxSizeInMegabytes: 5120
    enablePartitioning: false
  }
}]

output id string = namespace.id
output name string = namespace.name
output host string = '${namespace.name}.servicebus.windows.net'
