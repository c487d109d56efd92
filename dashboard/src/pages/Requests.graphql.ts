import { graphql } from "../gql";

export const RequestRow = graphql(`
  fragment RequestRow on PermissionRequest {
    id
    status
    ...RequestDetails
    callPermission {
      ...PermissionRow
    }
  }
`);

export const Requests = graphql(`
  query Requests($filter: PermissionRequestFilter!, $first: Int!, $after: String, $calls: Boolean = true) {
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

export const HowManyRequests = graphql(`
  query HowManyRequests($filter: PermissionRequestFilter!) {
    permissionRequests(filter: $filter, first: 1) {
      totalCount
    }
  }
`);
