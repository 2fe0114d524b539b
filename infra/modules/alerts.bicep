// What wakes somebody. Each alert has a section of its name in docs/runbook.md; a test holds the two together.
param location string
param tags object
param emails string[]
param insightsId string
param queuesId string
param documentsId string
param healthUrl string
param spendUsdPerDay int

var runbook = 'See docs/runbook.md, section'
// Only what the handler itself reports: the host reports its invocations under another role.
var requestsOfOurs = 'requests | where cloud_RoleName == "imagegen"'
var metricsOfOurs = 'customMetrics | where cloud_RoleName == "imagegen"'

// Severity: 0 now, at night too; 1 now; 2 today; 3 this week.
var searches = [
  {
    name: 'oldest_queued_job'
    about: 'A job waits longer than ten minutes for its turn.'
    severity: 1
    query: '${metricsOfOurs} and name == "queue_oldest_job_seconds" | summarize seconds = max(valueMax)'
    column: 'seconds'
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 600
    window: 'PT10M'
    every: 'PT5M'
  }
  {
    name: 'error_rate'
    about: 'More than 2 of 100 requests end in an error of ours.'
    severity: 1
    query: '${requestsOfOurs} | summarize total = count(), failed = countif(toint(resultCode) >= 500) | where total >= 50 | project percent = 100.0 * failed / total'
    column: 'percent'
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 2
    window: 'PT15M'
    every: 'PT5M'
  }
  {
    name: 'webhook_failures'
    about: 'Reports of providers or of Stripe are refused, or fail.'
    severity: 2
    query: 'union (${metricsOfOurs} and name == "webhook_refused" | project one = valueSum), (${requestsOfOurs} and name endswith "_webhook" and toint(resultCode) >= 500 | project one = 1.0) | summarize failures = sum(one)'
    column: 'failures'
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 10
    window: 'PT15M'
    every: 'PT5M'
  }
  {
    name: 'message_retries'
    about: 'Messages come back again and again.'
    severity: 2
    query: '${metricsOfOurs} and name == "message_retried" | summarize retries = sum(valueSum)'
    column: 'retries'
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 100
    window: 'PT15M'
    every: 'PT5M'
  }
  {
    name: 'credits_held'
    about: 'Much more is held for jobs than six hours ago, though a job lasts one at most.'
    severity: 2
    query: '${metricsOfOurs} and name == "credits_held_change" | summarize credits = sum(valueSum)'
    column: 'credits'
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 5000
    window: 'PT6H'
    every: 'PT15M'
  }
  {
    name: 'ledger_drift'
    about: 'An account is not what its ledger adds up to.'
    severity: 0
    query: '${metricsOfOurs} and name == "ledger_drift" | summarize drift = max(max_of(abs(valueMin), abs(valueMax)))'
    column: 'drift'
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT1H'
    every: 'PT15M'
  }
  {
    name: 'provider_spend'
    about: 'Providers cost more in a day than they should.'
    severity: 1
    query: '${metricsOfOurs} and name == "provider_spend_usd" | summarize usd = sum(valueSum)'
    column: 'usd'
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: spendUsdPerDay
    window: 'P1D'
    every: 'PT1H'
  }
  {
    name: 'timers_silent'
    about: 'The timer that finds lost jobs has not run for a quarter of an hour.'
    severity: 1
    query: '${requestsOfOurs} and name == "reconcile_generations" | summarize runs = count()'
    column: 'runs'
    aggregation: 'Maximum'
    operator: 'LessThan'
    threshold: 1
    window: 'PT15M'
    every: 'PT5M'
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'people'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'imagegen'
    enabled: true
    emailReceivers: [for (mail, i) in emails: { name: 'mail-${i}', emailAddress: mail, useCommonAlertSchema: true }]
  }
}

resource searchAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for search in searches: {
  name: search.name
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: search.name
    description: '${search.about} ${runbook} ${search.name}.'
    severity: search.severity
    enabled: true
    scopes: [ insightsId ]
    windowSize: search.window
    evaluationFrequency: search.every
    criteria: {
      allOf: [
        {
          query: search.query
          metricMeasureColumn: search.column
          timeAggregation: search.aggregation
          operator: search.operator
          threshold: search.threshold
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    autoMitigate: true
    actions: { actionGroups: [ people.id ] }
  }
}]

resource deadLetters 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'dead_letters'
  location: 'global'
  tags: tags
  properties: {
    description: 'A message was given up after ten deliveries. ${runbook} dead_letters.'
    severity: 1
    enabled: true
    scopes: [ queuesId ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'dead'
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          metricName: 'DeadletteredMessages'
          dimensions: [ { name: 'EntityName', operator: 'Include', values: [ '*' ] } ]
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    autoMitigate: true
    actions: [ { actionGroupId: people.id } ]
  }
}

resource throttled 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'documents_throttled'
  location: 'global'
  tags: tags
  properties: {
    description: 'Cosmos DB turns requests away. ${runbook} documents_throttled.'
    severity: 2
    enabled: true
    scopes: [ documentsId ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'throttled'
          metricNamespace: 'Microsoft.DocumentDB/databaseAccounts'
          metricName: 'TotalRequests'
          dimensions: [ { name: 'StatusCode', operator: 'Include', values: [ '429' ] } ]
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 100
        }
      ]
    }
    autoMitigate: true
    actions: [ { actionGroupId: people.id } ]
  }
}

// From three places, every five minutes.
resource probe 'Microsoft.Insights/webtests@2022-06-15' = {
  name: 'health'
  location: location
  tags: union(tags, { 'hidden-link:${insightsId}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: 'health'
    Name: 'health'
    Kind: 'standard'
    Enabled: true
    Frequency: 300
    Timeout: 30
    RetryEnabled: true
    Locations: [
      { Id: 'emea-nl-ams-azr' }
      { Id: 'us-va-ash-azr' }
      { Id: 'apac-sg-sin-azr' }
    ]
    Request: { RequestUrl: healthUrl, HttpVerb: 'GET', ParseDependentRequests: false }
    ValidationRules: { ExpectedHttpStatusCode: 200, SSLCheck: true, SSLCertRemainingLifetimeCheck: 14 }
  }
}

resource health 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'health'
  location: 'global'
  tags: union(tags, { 'hidden-link:${insightsId}': 'Resource', 'hidden-link:${probe.id}': 'Resource' })
  properties: {
    description: 'The API does not answer, or a store does not answer it. ${runbook} health.'
    severity: 0
    enabled: true
    scopes: [ probe.id, insightsId ]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: probe.id
      componentId: insightsId
      failedLocationCount: 2
    }
    autoMitigate: true
    actions: [ { actionGroupId: people.id } ]
  }
}
