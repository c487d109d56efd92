// Mercurius as its documentation shows it, with its own in-memory emitter.

import Fastify from "fastify";
import mercurius from "mercurius";

import { nextChange, port, resolversWith, TOPIC, typeDefs } from "./business.mjs";

const app = Fastify();
app.register(mercurius, {
  schema: typeDefs,
  resolvers: resolversWith((_root, _args, { pubsub }) => pubsub.subscribe(TOPIC)),
  subscription: true,
});
app.get("/health/live", async () => ({ status: "live" }));
app.post("/changes/:count", async (request) => {
  for (let count = Number(request.params.count); count > 0; count -= 1) {
    app.graphql.pubsub.publish({ topic: TOPIC, payload: { [TOPIC]: nextChange() } });
  }
  return { status: "told" };
});
await app.listen({ host: "127.0.0.1", port });
process.once("SIGINT", () => process.exit(0));
