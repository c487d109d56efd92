import { graphql } from "../gql";

export const RequestRow = graphql(`
  fragment RequestRow on PermissionRequest {
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
    callPermission {
      ...PermissionRow
    }
  }
`);

export const Requests = graphql(`
  query Requests($filter: PermissionRequestFilter!, $first: Int!, $after: String) {
    permissionRequests(filter: $filter, first: $first, after: $after) {
      totalCount
      nodes {
        ...RequestRow
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

// Requests as they are at this moment, and how many there are by now.
export const RequestsById = graphql(`
  query RequestsById($ids: [ID!]!, $filter: PermissionRequestFilter!) {
    nodes(ids: $ids) {
      __typename
      id
      ... on PermissionRequest {
        ...RequestRow
      }
    }
    permissionRequests(filter: $filter, first: 1) {
      totalCount
    }
  }
`);
