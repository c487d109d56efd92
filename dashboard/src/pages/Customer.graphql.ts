import { graphql } from "../gql";

export const OneCustomer = graphql(`
  query OneCustomer($id: ID!, $number: ID!, $historyAfter: String, $calls: Boolean = true) {
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
              requestStatus: status
              ...RequestDetails
            }
            ... on Call {
              callStatus: status
              ...CallDetails
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
  mutation RefreshPermission($input: RefreshCallPermissionInput!, $calls: Boolean = true) {
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
