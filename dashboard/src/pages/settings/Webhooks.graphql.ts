import { graphql } from "../../gql";

export const EndpointDetails = graphql(`
  fragment EndpointDetails on WebhookEndpoint {
    id
    name
    url
    document
    event
    enabled
    problem
    failingSince
    formerSecretUntil
    createdBy
    createdAt
  }
`);

export const Webhooks = graphql(`
  query Webhooks {
    viewer {
      limits {
        webhookEndpoints {
          maximum
          used
        }
      }
    }
    webhookEndpoints(first: 20) {
      nodes {
        ...EndpointDetails
      }
    }
  }
`);

export const Deliveries = graphql(`
  query Deliveries($id: ID!, $first: Int!, $filter: WebhookDeliveryFilter) {
    node(id: $id) {
      __typename
      ... on WebhookEndpoint {
        id
        deliveries(first: $first, filter: $filter) {
          nodes {
            id
            event
            status
            messageId
            payload
            createdAt
            attempts
            nextAttemptAt
            responseStatus
            responseBody
            durationMilliseconds
            failure
          }
          pageInfo {
            hasNextPage
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

export const DeleteWebhook = graphql(`
  mutation DeleteWebhook($input: DeleteWebhookEndpointInput!) {
    deleteWebhookEndpoint(input: $input) {
      __typename
      ...Refusal
    }
  }
`);

export const RotateSecret = graphql(`
  mutation RotateSecret($input: RotateWebhookSecretInput!) {
    rotateWebhookSecret(input: $input) {
      __typename
      ... on RotateWebhookSecretSuccess {
        secret
      }
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
          durationMilliseconds
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
