// GraphQL Yoga with graphql-ws, as Yoga's documentation puts them together, with its own in-memory publisher.

import { createServer } from "node:http";

import { useServer } from "graphql-ws/use/ws";
import { createPubSub, createSchema, createYoga } from "graphql-yoga";
import { WebSocketServer } from "ws";

import { nextChange, port, resolversWith, TOPIC, typeDefs } from "./business.mjs";

const pubSub = createPubSub();
const resolvers = resolversWith(() => pubSub.subscribe(TOPIC));
const yoga = createYoga({ schema: createSchema({ typeDefs, resolvers }), logging: false, healthCheckEndpoint: "/health/live" });

const server = createServer((request, response) => {
  if (!request.url.startsWith("/changes/")) {
    yoga(request, response);
    return;
  }
  for (let count = Number(request.url.split("/").at(-1)); count > 0; count -= 1) {
    pubSub.publish(TOPIC, { [TOPIC]: nextChange() });
  }
  response.end("told");
});

useServer(
  {
    execute: (args) => args.rootValue.execute(args),
    subscribe: (args) => args.rootValue.subscribe(args),
    onSubscribe: async (ctx, _id, params) => {
      const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
        ...ctx,
        req: ctx.extra.request,
        socket: ctx.extra.socket,
        params,
      });
      const args = {
        schema,
        operationName: params.operationName,
        document: parse(params.query),
        variableValues: params.variables,
        contextValue: await contextFactory(),
        rootValue: { execute, subscribe },
      };
      const errors = validate(args.schema, args.document);
      return errors.length ? errors : args;
    },
  },
  new WebSocketServer({ server, path: yoga.graphqlEndpoint }),
);

server.listen(port, "127.0.0.1");
process.once("SIGINT", () => process.exit(0));
