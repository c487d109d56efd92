import { graphql } from "../gql";

export const OneCustomer = graphql(`
  query OneCustomer($id: ID!, $number: ID!, $historyAfter: String) {
    customer(by: { id: $id }) {
      id
      name
      phone
      whatsappUserId
      externalId
      tags
      timezone
      createdAt
      callPermission(businessNumberId: $number) {
        ...PermissionRow
        source
        verifiedAt
        doubtful
        serviceWindow {
          open
          closesAt
        }
        callLimits: canCall {
          limits {
            period
            maximum
            used
            resetsAt
          }
        }
        requestLimits: canRequest {
          limits {
            period
            maximum
            used
            resetsAt
          }
        }
      }
      history(first: 50, after: $historyAfter) {
        nodes {
          cursor
          kind
          cause
          occurredAt
          actor
          previousStatus
          status
          node {
            __typename
            id
            ... on PermissionRequest {
              kind
              requestStatus: status
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
            ... on Call {
              direction
              callStatus: status
              queuedAt
              answeredAt
              endedAt
              durationSeconds
              placedBy
              failure
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

export const RefreshPermission = graphql(`
  mutation RefreshPermission($input: RefreshCallPermissionInput!) {
    refreshCallPermission(input: $input) {
      __typename
      ... on RefreshCallPermissionSuccess {
        callPermission {
          ...PermissionRow
        }
        differences {
          about
          believed
          whatsapp
        }
      }
      ...Refusal
    }
  }
`);
