import { graphql } from "../../gql";

export const People = graphql(`
  query People($after: String) {
    viewer {
      person {
        id
      }
    }
    people(first: 50, after: $after) {
      nodes {
        id
        name
        email
        role
        roleFromProvider
        allBusinessNumbers
        invitedBy
        createdAt
        lastSignedInAt
        removedAt
        businessNumbers {
          id
          name
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export const InvitePerson = graphql(`
  mutation InvitePerson($input: InvitePersonInput!) {
    invitePerson(input: $input) {
      __typename
      ...Refusal
    }
  }
`);

export const UpdatePerson = graphql(`
  mutation UpdatePerson($input: UpdatePersonInput!) {
    updatePerson(input: $input) {
      __typename
      ...Refusal
    }
  }
`);

export const RemovePerson = graphql(`
  mutation RemovePerson($input: RemovePersonInput!) {
    removePerson(input: $input) {
      __typename
      ...Refusal
    }
  }
`);
