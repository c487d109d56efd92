import { graphql } from "./gql";

export const ImportCustomers = graphql(`
  mutation ImportCustomers($input: ImportCustomersInput!) {
    importCustomers(input: $input) {
      __typename
      ... on ImportCustomersSuccess {
        created
        updated
        unchanged
        refused
        rows {
          row
          outcome
          problem
          message
        }
      }
      ...Refusal
    }
  }
`);
