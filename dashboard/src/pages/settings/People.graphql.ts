import { graphql } from "../../gql";

export const People = graphql(`
  query People {
    people(first: 100) {
      nodes {
        id
        name
        email
        role
        roleFromProvider
        allBusinessNumbers
        lastSignedInAt
        removedAt
        businessNumbers {
          id
          name
        }
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
