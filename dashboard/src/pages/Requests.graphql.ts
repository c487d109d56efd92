import { graphql } from "../gql";

export const Requests = graphql(`
  query Requests($filter: PermissionRequestFilter!, $first: Int!, $after: String) {
    permissionRequests(filter: $filter, first: $first, after: $after) {
      totalCount
      nodes {
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
        callPermission {
          ...PermissionRow
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);
