import { graphql } from "../../gql";

export const Webhooks = graphql(`
  query Webhooks {
    webhookEndpoints(first: 50) {
      nodes {
        id
        name
        url
        event
        enabled
        problem
        failingSince
        createdBy
        deliveries(first: 20) {
          nodes {
            id
            event
            status
            createdAt
            attempts
            nextAttemptAt
            responseStatus
            durationMilliseconds
            failure
          }
        }
      }
    }
  }
`);

export const CreateWebhook = graphql(`
  mutation CreateWebhook($input: CreateWebhookEndpointInput!) {
    createWebhookEndpoint(input: $input) {
      __typename
      ... on CreateWebhookEndpointSuccess {
        secret
      }
      ...Refusal
    }
  }
`);

export const UpdateWebhook = graphql(`
  mutation UpdateWebhook($input: UpdateWebhookEndpointInput!) {
    updateWebhookEndpoint(input: $input) {
      __typename
      ...Refusal
    }
  }
`);

export const TestWebhook = graphql(`
  mutation TestWebhook($input: TestWebhookEndpointInput!) {
    testWebhookEndpoint(input: $input) {
      __typename
      ... on TestWebhookEndpointSuccess {
        webhookDelivery {
          status
          failure
          responseStatus
        }
      }
      ...Refusal
    }
  }
`);

export const RetryDelivery = graphql(`
  mutation RetryDelivery($input: RetryWebhookDeliveryInput!) {
    retryWebhookDelivery(input: $input) {
      __typename
      ...Refusal
    }
  }
`);
