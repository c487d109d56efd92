import { graphql } from "./gql";

export const HowMany = graphql(`
  query HowMany($number: ID!) {
    callPermissions(filter: { businessNumberId: $number, callableNow: true }, first: 1) {
      totalCount
    }
    permissionRequests(filter: { businessNumberId: $number, statuses: [QUEUED, SENT, DELIVERED, READ] }, first: 1) {
      totalCount
    }
  }
`);
