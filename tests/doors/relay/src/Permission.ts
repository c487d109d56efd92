// Asking for permission, and what the answer changes as soon as it comes: in the records that are there already.

import { graphql } from "relay-runtime";

export const permission = graphql`
  fragment Permission_permission on CallPermission {
    status
    expiresAt
    canCall {
      allowed
      blockers {
        code
        message
        availableAt
      }
    }
  }
`;

export const ask = graphql`
  mutation PermissionAskMutation($input: RequestCallPermissionInput!) {
    requestCallPermission(input: $input) {
      __typename
      ... on RequestCallPermissionSuccess {
        permissionRequest {
          status
          callPermission {
            ...Permission_permission
          }
        }
      }
      ... on Refusal {
        code
        message
        availableAt
      }
    }
  }
`;

export const create = graphql`
  mutation PermissionCreateCustomerMutation($input: CreateCustomerInput!, $connections: [ID!]!) {
    createCustomer(input: $input) {
      ... on CreateCustomerSuccess {
        customer @prependNode(connections: $connections, edgeTypeName: "CustomerEdge") {
          ...Customer_customer
        }
      }
      ... on Refusal {
        message
      }
    }
  }
`;

export const remove = graphql`
  mutation PermissionDeleteCustomerMutation($input: DeleteCustomerInput!, $connections: [ID!]!) {
    deleteCustomer(input: $input) {
      ... on DeleteCustomerSuccess {
        deletedCustomerId @deleteRecord @deleteEdge(connections: $connections)
      }
      ... on Refusal {
        message
      }
    }
  }
`;

export const news = graphql`
  subscription PermissionChangedSubscription($after: String) {
    callPermissionChanged(after: $after) {
      cursor
      callPermission {
        ...Permission_permission
      }
    }
  }
`;
