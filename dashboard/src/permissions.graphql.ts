import { graphql } from "./gql";

export const Permissions = graphql(`
  query Permissions(
    $filter: CallPermissionFilter!
    $orderBy: CallPermissionOrder!
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    callPermissions(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
      nodes {
        ...PermissionRow
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`);
