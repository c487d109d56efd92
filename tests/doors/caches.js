// Apollo Client and urql with their own helpers for Relay's connections, as they are: pages that are merged into one
// list, nodes that are known by their ids wherever they come from, and live news that changes what the cache holds.

import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { relayStylePagination } from "@apollo/client/utilities";
import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

import { authorization, run, say, socketUrl, url } from "./knocking.js";

const { AFTER: after } = process.env;
const headers = { Authorization: authorization };
const socket = createClient({ url: socketUrl, webSocketImpl: WebSocket, connectionParams: headers });

const PAGE = gql`
  query Page($first: Int, $after: String, $last: Int, $before: String) {
    customers(first: $first, after: $after, last: $last, before: $before) {
      edges { cursor node { id name } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
`;
const PERMISSIONS = gql`
  query Permissions {
    callPermissions(first: 10) { edges { node { id status customer { id name } } } }
  }
`;
const CHANGED = gql`
  subscription Changed($after: String) {
    callPermissionChanged(after: $after) { cursor callPermission { id status } }
  }
`;

const shown = ({ edges, pageInfo }) => ({
  names: edges.map((edge) => edge.node.name),
  more: pageInfo.hasNextPage,
});
const statuses = (data) => Object.fromEntries(data.callPermissions.edges.map(({ node }) => [node.customer.name, node.status]));

await run({
  async apollo() {
    const client = new ApolloClient({
      cache: new InMemoryCache({ typePolicies: { Query: { fields: { customers: relayStylePagination() } } } }),
      link: ApolloLink.split(
        ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
        new GraphQLWsLink(socket),
        new HttpLink({ uri: url, headers }),
      ),
    });
    const list = client.watchQuery({ query: PAGE, variables: { first: 2 } });
    const listening = list.subscribe({});
    await list.result?.();
    await client.query({ query: PAGE, variables: { first: 2 } });
    for (;;) {
      const { customers } = client.readQuery({ query: PAGE, variables: { first: 2 } });
      say("page", shown(customers));
      if (!customers.pageInfo.hasNextPage) break;
      await list.fetchMore({ variables: { first: 2, after: customers.pageInfo.endCursor } });
    }
    listening.unsubscribe();

    say("before", statuses((await client.query({ query: PERMISSIONS })).data));
    await new Promise((resolve, reject) => {
      client.subscribe({ query: CHANGED, variables: { after } }).subscribe({ next: resolve, error: reject });
    });
    say("after", statuses(client.readQuery({ query: PERMISSIONS })));
  },

  async urql() {
    const client = new Client({
      url,
      fetchOptions: { headers },
      preferGetMethod: false,
      exchanges: [
        cacheExchange({ resolvers: { Query: { customers: relayPagination() } } }),
        fetchExchange,
        subscriptionExchange({
          forwardSubscription: ({ query, variables }) => ({
            subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
          }),
        }),
      ],
    });
    let next = { first: 2 };
    for (;;) {
      const { data, error } = await client.query(PAGE, next).toPromise();
      if (error) throw error;
      const { customers } = data;
      say("page", shown(customers));
      if (!customers.pageInfo.hasNextPage) break;
      next = { first: 2, after: customers.pageInfo.endCursor };
    }

    say("before", statuses((await client.query(PERMISSIONS, {}).toPromise()).data));
    await new Promise((resolve) => client.subscription(CHANGED, { after }).subscribe(resolve));
    say("after", statuses((await client.query(PERMISSIONS, {}, { requestPolicy: "cache-only" }).toPromise()).data));
  },
});
