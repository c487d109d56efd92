import { graphql } from "../gql";

export const Templates = graphql(`
  query Templates {
    businessNumbers {
      id
      templates {
        name
        language
        status
        header
        body
        parameters
      }
    }
  }
`);

export const RequestPermission = graphql(`
  mutation RequestPermission($input: RequestCallPermissionInput!, $calls: Boolean = true) {
    requestCallPermission(input: $input) {
      __typename
      ... on RequestCallPermissionSuccess {
        permissionRequest {
          id
          callPermission {
            ...PermissionRow
          }
        }
      }
      ...Refusal
    }
  }
`);

// Whether anything but a template may be written to the customer now, and how often they may be asked still.
export const ServiceWindow = graphql(`
  query ServiceWindow($id: ID!, $number: ID!) {
    customer(by: { id: $id }) {
      id
      callPermission(businessNumberId: $number) {
        id
        serviceWindow {
          open
        }
        canRequest {
          limits {
            period
            maximum
            used
            resetsAt
          }
        }
      }
    }
  }
`);
