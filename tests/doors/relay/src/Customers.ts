// A list that grows page by page, and is asked for again by itself.

import { graphql } from "relay-runtime";

export const screen = graphql`
  query CustomersQuery($count: Int!, $tags: [String!]) {
    viewer {
      name
    }
    ...Customers_query @arguments(count: $count, tags: $tags)
  }
`;

export const list = graphql`
  fragment Customers_query on Query
  @refetchable(queryName: "CustomersPageQuery")
  @argumentDefinitions(
    count: { type: "Int!" }
    cursor: { type: "String" }
    tags: { type: "[String!]" }
  ) {
    customers(filter: { tags: $tags }, first: $count, after: $cursor) @connection(key: "Customers_customers") {
      edges {
        node {
          id
          ...Customer_customer
        }
      }
    }
  }
`;
