// The web page. It calls the API across origins. It is not linked to the app as its back end: linking has the platform
// let nobody in but the page, and providers, Stripe and programs call the API too.
param name string
param location string
param tags object
param sku string
param domain string

resource page 'Microsoft.Web/staticSites@2024-04-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'web' })
  sku: { name: sku, tier: sku }
  properties: {
    allowConfigFileUpdates: true
    stagingEnvironmentPolicy: 'Disabled'
  }
}

resource own 'Microsoft.Web/staticSites/customDomains@2024-04-01' = if (!empty(domain)) {
  parent: page
  name: empty(domain) ? 'none' : domain
  properties: {}
}

output name string = page.name
output url string = empty(domain) ? 'https://${page.properties.defaultHostname}' : 'https://${domain}'
