import { graphql } from "../gql";

export const AskManyFor = graphql(`
  mutation AskManyFor($input: RequestCallPermissionsInput!) {
    requestCallPermissions(input: $input) {
      __typename
      ... on RequestCallPermissionsSuccess {
        batch {
          id
        }
        waiting
        entries {
          state
          code
          message
          availableAt
          customer {
            id
            name
            phone
          }
        }
      }
      ...Refusal
    }
  }
`);

// How far it has come with those who are asked together.
export const BatchProgress = graphql(`
  query BatchProgress($id: ID!) {
    node(id: $id) {
      __typename
      ... on PermissionRequestBatch {
        id
        waiting
      }
    }
  }
`);

export const BatchEntries = graphql(`
  query BatchEntries($id: ID!, $after: String) {
    node(id: $id) {
      __typename
      ... on PermissionRequestBatch {
        id
        entries(first: 100, after: $after) {
          nodes {
            state
            code
            message
            availableAt
            customer {
              id
              name
              phone
            }
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  }
`);
