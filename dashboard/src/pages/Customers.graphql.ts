import { graphql } from "../gql";

export const HowManyPermissions = graphql(`
  query HowManyPermissions($filter: CallPermissionFilter!) {
    callPermissions(filter: $filter, first: 1) {
      totalCount
    }
  }
`);
