using './main.bicep'

// From the environment: azd has it in .azure/<environment>/.env, the workflows in the variables of GitHub's environment.
// Sizes and switches that are not here are changed here.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')
param webLocation = readEnvironmentVariable('WEB_LOCATION', 'westeurope')

param oidcIssuer = readEnvironmentVariable('OIDC_ISSUER')
param oidcAudience = readEnvironmentVariable('OIDC_AUDIENCE')
param oidcMetadataUrl = readEnvironmentVariable('OIDC_METADATA_URL', '')
param oidcTenant = readEnvironmentVariable('OIDC_TENANT', '')
param oidcPolicies = readEnvironmentVariable('OIDC_POLICIES', '')

param providers = split(readEnvironmentVariable('PROVIDERS', 'replicate'), ',')
param foundryEndpoint = readEnvironmentVariable('FOUNDRY_ENDPOINT', '')
param cogBaseUrl = readEnvironmentVariable('COG_BASE_URL', '')
param sells = bool(readEnvironmentVariable('SELLS', 'false'))
param stripeReports = bool(readEnvironmentVariable('STRIPE_REPORTS', 'false'))
param stripeAutomaticTax = bool(readEnvironmentVariable('STRIPE_AUTOMATIC_TAX', 'false'))

// Empty leaves in the vault what is there: nobody has to keep secrets for a second deployment.
param ticketKey = readEnvironmentVariable('TICKET_KEY', '')
param replicateApiToken = readEnvironmentVariable('REPLICATE_API_TOKEN', '')
param replicateWebhookSecrets = readEnvironmentVariable('REPLICATE_WEBHOOK_SECRETS', '')
param bflApiKey = readEnvironmentVariable('BFL_API_KEY', '')
param bflWebhookSecret = readEnvironmentVariable('BFL_WEBHOOK_SECRET', '')
param stripeApiKey = readEnvironmentVariable('STRIPE_API_KEY', '')
param stripeWebhookSecrets = readEnvironmentVariable('STRIPE_WEBHOOK_SECRETS', '')

param documentsCapacity = readEnvironmentVariable('DOCUMENTS_CAPACITY', 'serverless')
param realtimeSku = readEnvironmentVariable('REALTIME_SKU', 'Free_F1')
param webSku = readEnvironmentVariable('WEB_SKU', 'Free')

param webDomain = readEnvironmentVariable('WEB_DOMAIN', '')
param apiDomain = readEnvironmentVariable('API_DOMAIN', '')
param frontDoor = bool(readEnvironmentVariable('FRONT_DOOR', 'false'))
param privateNetwork = bool(readEnvironmentVariable('PRIVATE_NETWORK', 'false'))

param alertEmails = filter(split(readEnvironmentVariable('ALERT_EMAILS', ''), ','), mail => !empty(mail))
param spendAlertUsdPerDay = int(readEnvironmentVariable('SPEND_ALERT_USD_PER_DAY', '50'))
param operatorPrincipalId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param operatorPrincipalType = readEnvironmentVariable('AZURE_PRINCIPAL_TYPE', 'User')
