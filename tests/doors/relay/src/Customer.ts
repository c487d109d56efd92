// One customer by their id, whose permissions and calls are pages of their own: Relay asks for those by `node`.

import { graphql } from "relay-runtime";

export const screen = graphql`
  query CustomerQuery($id: ID!, $numbers: [ID!]!) {
    node(id: $id) {
      __typename
      ...Customer_customer @alias(as: "customer")
      ...Customer_calls @alias(as: "calls")
    }
    nodes(ids: $numbers) {
      ... on BusinessNumber {
        displayPhoneNumber
      }
    }
  }
`;

export const customer = graphql`
  fragment Customer_customer on Customer {
    name
    phone
    createdAt
  }
`;

export const calls = graphql`
  fragment Customer_calls on Customer
  @refetchable(queryName: "CustomerCallsPageQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 10 }, cursor: { type: "String" }) {
    calls(last: $count, before: $cursor) @connection(key: "Customer_calls") {
      edges {
        node {
          status
          startedAt
        }
      }
    }
  }
`;
