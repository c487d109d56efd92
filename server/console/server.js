// Speaking to the server: operations over HTTP, changes over one socket, and the server's clock.

const PROTOCOL = "graphql-transport-ws";
const FORBIDDEN = 4403;
const SIGN_OF_LIFE_MILLISECONDS = 10_000;
const SLOWEST_RETRY_MILLISECONDS = 5_000;
const DATE_LAG_MILLISECONDS = 2_000; // a Date header names a whole second, and may be a second old
const address = new URL("/graphql", document.baseURI);

// How far the server's clock is ahead of this one: between these, by everything it has said so far.
let [least, most] = [-Infinity, Infinity];

// This clock counts as right until the server contradicts it.
export const now = () => Date.now() + Math.min(Math.max(0, least), most);

// The server wrote down `moment` before we read it here.
export function heard(moment) {
  least = Math.max(least, Date.parse(moment) - Date.now());
  most = Math.max(most, least);
}

export class UnwelcomeError extends Error {}

// Gives { status, milliseconds, said }; throws a sentence where nothing came back.
export async function run(token, query, variables = {}) {
  const asked = Date.now();
  let response, said;
  try {
    response = await fetch(address, {
      method: "POST",
      headers: {
        Accept: "application/graphql-response+json",
        Authorization: `Bearer ${token}`,
        "Content-Type": "application/json",
      },
      body: JSON.stringify({ query, variables }),
    });
    said = await response.json();
  } catch {
    throw new Error("The server does not answer. Is it still running?");
  }
  const date = response.headers.get("Date");
  if (date) {
    heard(date);
    most = Math.max(least, Math.min(most, Date.parse(date) + DATE_LAG_MILLISECONDS - asked));
  }
  return { status: response.status, milliseconds: Date.now() - asked, said };
}

// Gives the data, or throws the first error as a sentence.
export async function ask(token, query, variables) {
  const { status, said } = await run(token, query, variables);
  if (status === 401) throw new UnwelcomeError("This token does not work. It may be mistyped, revoked or run out.");
  const refused = said.errors?.find((error) => error.extensions?.code === "FORBIDDEN");
  if (refused) throw new UnwelcomeError(refused.message);
  if (said.errors) throw new Error(said.errors[0].message);
  return said.data;
}

// Calls on.change with every change after the cursor, each once, over as many connections as it takes; on.state with
// "live" or "reconnecting"; on.unwelcome when the token no longer works; on.lost when the log has no such cursor.
export function watch(token, query, after, on) {
  const socketAddress = new URL(address);
  socketAddress.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  let [cursor, failures, ended, retry, socket] = [after, 0, false, 0, null];

  const say = (type, more = {}) => socket.send(JSON.stringify({ type, ...more }));

  const refused = (errors) => {
    end();
    if (errors.some((error) => error.extensions?.code === "UNAUTHENTICATED")) on.unwelcome(errors[0].message);
    else on.lost(errors[0].message);
  };

  const tell = (message) => {
    alive = Date.now();
    if (message.type === "connection_ack") {
      failures = 0;
      say("subscribe", { id: "changes", payload: { query, variables: { after: cursor } } });
      on.state("live");
    } else if (message.type === "ping") say("pong");
    else if (message.type === "error") refused(message.payload);
    else if (message.type === "complete") again();
    else if (message.type === "next" && message.payload.errors) refused(message.payload.errors);
    else if (message.type === "next") {
      const { change } = message.payload.data;
      cursor = change.cursor;
      heard(change.recordedAt);
      on.change(change);
    }
  };

  const leave = () => {
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    socket = null;
  };

  const again = () => {
    leave();
    on.state("reconnecting");
    clearTimeout(retry);
    retry = setTimeout(connect, Math.min(250 * 2 ** failures++, SLOWEST_RETRY_MILLISECONDS));
  };

  const connect = () => {
    leave();
    alive = Date.now();
    socket = new WebSocket(socketAddress, PROTOCOL);
    socket.onopen = () => say("connection_init", { payload: { Authorization: `Bearer ${token}` } });
    socket.onmessage = (event) => tell(JSON.parse(event.data));
    socket.onclose = (event) => {
      if (event.code !== FORBIDDEN) return again();
      end();
      on.unwelcome("The token no longer works.");
    };
  };

  // A line that died without a word is told from a quiet one by a ping that nobody answers.
  let alive = Date.now();
  const pulse = setInterval(() => {
    if (Date.now() - alive > 2.5 * SIGN_OF_LIFE_MILLISECONDS) again();
    else if (socket?.readyState === WebSocket.OPEN) say("ping");
  }, SIGN_OF_LIFE_MILLISECONDS);

  const end = () => {
    ended = true;
    clearInterval(pulse);
    clearTimeout(retry);
    leave();
  };

  connect();
  return () => ended || end();
}
