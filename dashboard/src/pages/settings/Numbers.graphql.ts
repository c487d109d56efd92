import { graphql } from "../../gql";

export const NumberDetails = graphql(`
  fragment NumberDetails on BusinessNumber {
    id
    name
    displayPhoneNumber
    phoneNumberId
    wabaId
    environment
    callingEnabled
    restrictedUntil
    problem
    lastHeardAt
    hasOwnAccessToken
    hasOwnAppSecret
    policy {
      name
    }
  }
`);

export const Numbers = graphql(`
  query Numbers {
    businessNumbers {
      ...NumberDetails
    }
  }
`);

export const NumberHealth = graphql(`
  query NumberHealth($id: ID!) {
    node(id: $id) {
      __typename
      ... on BusinessNumber {
        id
        health {
          works
          checkedAt
          unreachable
          checks {
            aspect
            verdict
            message
          }
        }
      }
    }
  }
`);

export const CreateNumber = graphql(`
  mutation CreateNumber($input: CreateBusinessNumberInput!) {
    createBusinessNumber(input: $input) {
      __typename
      ... on CreateBusinessNumberSuccess {
        businessNumber {
          ...NumberDetails
        }
      }
      ...Refusal
      ... on BusinessNumberUnusable {
        reasons
        aspects
      }
    }
  }
`);

export const UpdateNumber = graphql(`
  mutation UpdateNumber($input: UpdateBusinessNumberInput!) {
    updateBusinessNumber(input: $input) {
      __typename
      ... on UpdateBusinessNumberSuccess {
        businessNumber {
          ...NumberDetails
        }
      }
      ...Refusal
      ... on BusinessNumberUnusable {
        reasons
        aspects
      }
    }
  }
`);
