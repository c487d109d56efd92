// The client of the package graphql-sse in distinct connections mode, as it is.

import { createClient } from "graphql-sse";

import { CHANGES, VIEWER, authorization, moment, run, say, told, url } from "./knocking.js";

const open = (options = {}) =>
  createClient({ url, headers: { Authorization: authorization }, retryAttempts: 1000, retry: moment, ...options });

async function all(iterator) {
  const results = [];
  for await (const result of iterator) results.push(told(result));
  return results;
}

await run({
  async query() {
    say("answer", { results: await all(open().iterate({ query: VIEWER })) });
  },

  async mistakes() {
    for (const query of ["{", "{ nobody }", "subscription { nothing }"]) {
      say("outcome", { results: await all(open().iterate({ query })) });
    }
  },

  async refused() {
    const client = open({ headers: { Authorization: "Bearer mc_mistyped" }, retryAttempts: 0 });
    await all(client.iterate({ query: VIEWER })).catch((error) => {
      say("refused", { name: error.name, status: error.response.status });
    });
  },

  async resume() {
    const variables = { after: process.env.AFTER };
    for await (const { data } of open({ retryAttempts: Infinity }).iterate({ query: CHANGES, variables })) {
      variables.after = data.changes.cursor;
      say("change", { cursor: data.changes.cursor });
    }
  },

  // Goes as soon as it has heard of one change.
  async leave() {
    for await (const result of open().iterate({ query: CHANGES })) {
      say("change", result.data.changes);
      break;
    }
    for (;;) await moment();
  },
});
