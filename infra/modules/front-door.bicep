// Optional: an address of your own for the API, near the callers. It caches nothing.
param name string
param tags object
param origin string
param domain string

var own = !empty(domain)

resource profile 'Microsoft.Cdn/profiles@2024-02-01' = {
  name: name
  location: 'global'
  tags: tags
  sku: { name: 'Standard_AzureFrontDoor' }
  // Seconds. As long as the platform lets a function answer.
  properties: { originResponseTimeoutSeconds: 230 }
}

resource endpoint 'Microsoft.Cdn/profiles/afdEndpoints@2024-02-01' = {
  parent: profile
  name: 'api-${uniqueString(profile.id)}'
  location: 'global'
  tags: tags
  properties: { enabledState: 'Enabled' }
}

resource origins 'Microsoft.Cdn/profiles/originGroups@2024-02-01' = {
  parent: profile
  name: 'api'
  properties: {
    // One origin: a probe could only wake it.
    loadBalancingSettings: { sampleSize: 4, successfulSamplesRequired: 3, additionalLatencyInMilliseconds: 50 }
  }
}

resource app 'Microsoft.Cdn/profiles/originGroups/origins@2024-02-01' = {
  parent: origins
  name: 'functions'
  properties: {
    hostName: origin
    originHostHeader: origin
    httpPort: 80
    httpsPort: 443
    enforceCertificateNameCheck: true
    enabledState: 'Enabled'
  }
}

resource certified 'Microsoft.Cdn/profiles/customDomains@2024-02-01' = if (own) {
  parent: profile
  name: own ? replace(domain, '.', '-') : 'none'
  properties: {
    hostName: domain
    tlsSettings: { certificateType: 'ManagedCertificate', minimumTlsVersion: 'TLS12' }
  }
}

resource route 'Microsoft.Cdn/profiles/afdEndpoints/routes@2024-02-01' = {
  parent: endpoint
  name: 'all'
  // A route to a group without an origin is refused.
  dependsOn: [ app ]
  properties: {
    originGroup: { id: origins.id }
    customDomains: own ? [ { id: certified.id } ] : []
    patternsToMatch: [ '/*' ]
    supportedProtocols: [ 'Https' ]
    forwardingProtocol: 'HttpsOnly'
    httpsRedirect: 'Disabled'
    linkToDefaultDomain: 'Enabled'
    enabledState: 'Enabled'
  }
}

output id string = profile.properties.frontDoorId
output url string = own ? 'https://${domain}' : 'https://${endpoint.properties.hostName}'
