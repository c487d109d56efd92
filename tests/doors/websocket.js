// The client of the package graphql-ws, as it is.

import { createClient } from "graphql-ws";
import WebSocket from "ws";

import { CHANGES, VIEWER, authorization, moment, run, say, socketUrl, told } from "./knocking.js";

const open = (options = {}) =>
  createClient({
    url: socketUrl,
    webSocketImpl: WebSocket,
    connectionParams: { Authorization: authorization },
    retryAttempts: 1000,
    retryWait: moment,
    ...options,
  });

const written = () => {
  const events = [];
  const on = {};
  for (const name of ["connecting", "opened", "connected", "closed"]) {
    on[name] = (given) => events.push(name === "closed" ? `closed ${given.code}` : name);
  }
  return { events, on };
};

const outcome = (client, payload) =>
  new Promise((resolve) => {
    const results = [];
    client.subscribe(payload, {
      next: (result) => results.push(told(result)),
      error: (error) => resolve({ results, errors: Array.isArray(error) ? error : null, code: error.code ?? null }),
      complete: () => resolve({ results, complete: true }),
    });
  });

await run({
  async lazy() {
    const { events, on } = written();
    const client = open({ on });
    await moment();
    say("before", { events: [...events] });
    say("answer", await outcome(client, { query: VIEWER }));
    while (!events.some((event) => event.startsWith("closed"))) await moment();
    say("after", { events });
  },

  // Whoever changes the variables as it goes comes back where it was.
  async resume() {
    const variables = { after: process.env.AFTER };
    // A server that is gone for a while answers no upgrade: to the client that is an error like any other.
    const client = open({ retryAttempts: Infinity, shouldRetry: () => true });
    for await (const { data } of client.iterate({ query: CHANGES, variables })) {
      variables.after = data.changes.cursor;
      say("change", { cursor: data.changes.cursor });
    }
  },

  async refused() {
    const { events, on } = written();
    const client = open({ on, connectionParams: { Authorization: "Bearer mc_mistyped" }, retryAttempts: 1 });
    say("refused", await outcome(client, { query: VIEWER }));
    say("after", { events });
  },

  // One after another on one connection, which has to survive each of them.
  async mistakes() {
    const { events, on } = written();
    const client = open({ on, lazy: false });
    for (const query of ["{", "{ nobody }", "query A { viewer { name } } query B { viewer { name } }", VIEWER]) {
      say("outcome", await outcome(client, { query }));
    }
    say("after", { events });
  },

  async alive() {
    let pongs = 0;
    const client = open({ lazy: false, keepAlive: 20, on: { pong: (received) => (pongs += received ? 1 : 0) } });
    while (pongs < 3) await moment();
    say("alive", { pongs });
    await client.dispose();
  },

  async several() {
    const client = open();
    const outcomes = await Promise.all([...Array(20)].map(() => outcome(client, { query: VIEWER })));
    say("several", { complete: outcomes.filter((each) => each.complete && each.results.length === 1).length });
  },
});
