import { graphql } from "./gql";

export const Permissions = graphql(`
  query Permissions(
    $filter: CallPermissionFilter!
    $orderBy: CallPermissionOrder!
    $first: Int
    $after: String
    $last: Int
    $before: String
    $calls: Boolean = true
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

// Some rows again, of which more has changed than was told.
export const RowsAgain = graphql(`
  query RowsAgain($ids: [ID!]!, $calls: Boolean = true) {
    nodes(ids: $ids) {
      __typename
      ... on CallPermission {
        ...PermissionRow
      }
    }
  }
`);

export const HowManyPermissions = graphql(`
  query HowManyPermissions($filter: CallPermissionFilter!) {
    callPermissions(filter: $filter, first: 1) {
      totalCount
    }
  }
`);
