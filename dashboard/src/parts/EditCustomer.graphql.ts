import { graphql } from "../gql";

export const CustomerDetails = graphql(`
  query CustomerDetails($id: ID!) {
    customer(by: { id: $id }) {
      id
      name
      phone
      externalId
      tags
      timezone
    }
  }
`);

export const UpdateCustomer = graphql(`
  mutation UpdateCustomer($input: UpdateCustomerInput!) {
    updateCustomer(input: $input) {
      __typename
      ... on UpdateCustomerSuccess {
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

export const DeleteCustomer = graphql(`
  mutation DeleteCustomer($input: DeleteCustomerInput!) {
    deleteCustomer(input: $input) {
      __typename
      ... on DeleteCustomerSuccess {
        deletedCustomerId
      }
      ...Refusal
    }
  }
`);
