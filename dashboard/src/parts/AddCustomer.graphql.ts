import { graphql } from "../gql";

export const CreateCustomer = graphql(`
  mutation CreateCustomer($input: CreateCustomerInput!) {
    createCustomer(input: $input) {
      __typename
      ... on CreateCustomerSuccess {
        customer {
          id
          name
          phone
        }
      }
      ...Refusal
    }
  }
`);
