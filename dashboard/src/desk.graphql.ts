import { graphql } from "./gql";

// What every page knows of a business number.
export const KnownNumber = graphql(`
  fragment KnownNumber on BusinessNumber {
    id
    name
    displayPhoneNumber
    environment
    callingEnabled
    restrictedUntil
    problem
    policy {
      unansweredBeforeNudge
      unansweredBeforeRevocation
    }
  }
`);

// Read anew when one was added or has changed.
export const KnownNumbers = graphql(`
  query KnownNumbers {
    businessNumbers {
      ...KnownNumber
    }
  }
`);

export const Start = graphql(`
  query Start {
    changeCursor
    viewer {
      name
      scopes
      workspace {
        id
        name
      }
    }
    businessNumbers {
      ...KnownNumber
    }
  }
`);

// Everything that happens, with all that the pages show of it.
export const News = graphql(`
  subscription News($after: String!, $calls: Boolean = true) {
    changes(after: $after) {
      cursor
      kind
      cause
      occurredAt
      actor
      previousStatus
      status
      node {
        __typename
        id
        ... on CallPermission {
          ...PermissionRow
        }
        ... on PermissionRequest {
          requestStatus: status
          ...RequestDetails
          callPermission {
            ...PermissionRow
          }
        }
        ... on Call {
          callPermission {
            ...PermissionRow
          }
        }
        ... on Customer {
          name
          phone
          externalId
          tags
          timezone
        }
      }
    }
  }
`);

export const SignOut = graphql(`
  mutation SignOut {
    signOut(input: {}) {
      __typename
    }
  }
`);
