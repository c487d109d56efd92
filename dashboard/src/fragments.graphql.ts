import { graphql } from "./gql";

// What is shown of a request but for its status: beside another kind of node, that goes by a name of its own.
export const RequestDetails = graphql(`
  fragment RequestDetails on PermissionRequest {
    kind
    answer
    queuedAt
    sentAt
    deliveredAt
    readAt
    answeredAt
    expiresAt
    requestedBy
    failure
    text
    template {
      name
      language
      parameters {
        name
        value
      }
    }
  }
`);

// What is shown of a call but for its status.
export const CallDetails = graphql(`
  fragment CallDetails on Call {
    direction
    queuedAt
    answeredAt
    endedAt
    durationSeconds
    placedBy
    failure
  }
`);

// What a row of a list shows of a permission, the same whether it was read or has just changed. Every operation with it
// has the variable $calls, which the desk puts out for those who may not see calls.
export const PermissionRow = graphql(`
  fragment PermissionRow on CallPermission {
    id
    status
    grantedAt
    expiresAt
    respondedAt
    unansweredStreak
    customer {
      id
      name
      phone
      externalId
      tags
      timezone
    }
    businessNumber {
      id
    }
    latestRequest {
      id
      status
      ...RequestDetails
    }
    latestCall @include(if: $calls) {
      id
      status
      ...CallDetails
    }
    canCall {
      allowed
      blockers {
        code
        message
        availableAt
      }
      cautions
    }
    canRequest {
      allowed
      blockers {
        code
        message
        availableAt
      }
    }
  }
`);

// Why something was not done, the same for every mutation.
export const Refusal = graphql(`
  fragment Refusal on Refusal {
    code
    message
    availableAt
    ... on PermissionMissing {
      permissionStatus: status
    }
    ... on LimitReached {
      limit {
        period
        maximum
      }
    }
    ... on CustomerAlreadyExists {
      field
    }
    ... on TooManyApiTokens {
      maximum
    }
    ... on TooManyRows {
      maximum
    }
    ... on TooManyWebhookEndpoints {
      maximum
    }
    ... on WebhookDeliveriesWaiting {
      waiting
    }
    ... on WebhookDocumentRefused {
      mistakes
    }
    ... on WhatsAppRefused {
      details
    }
  }
`);
