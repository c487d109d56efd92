import { graphql } from "./gql";

// What a row of a list shows of a permission, the same whether it was read or has just changed.
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
      kind
      status
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
    latestCall {
      id
      direction
      status
      queuedAt
      answeredAt
      endedAt
      durationSeconds
      placedBy
      failure
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
