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
    problemCode
    lastHeardAt
    hasOwnAccessToken
    hasOwnAppSecret
    policy {
      name
    }
  }
`);

export const Check = graphql(`
  fragment Check on BusinessNumberCheck {
    aspect
    verdict
    finding
    particulars {
      name
      value
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
            ...Check
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
        checks {
          ...Check
        }
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
        checks {
          ...Check
        }
      }
    }
  }
`);
