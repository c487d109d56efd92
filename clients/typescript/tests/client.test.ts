/** What the client sends again and what it never does, and what each end of a stream means. */

import assert from "node:assert/strict";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, test } from "node:test";
import {
  ChangesDocument,
  CreateCustomerDocument,
  CursorLostError,
  FaultError,
  Maycall,
  MaycallError,
  ThrottledError,
  UnauthenticatedError,
  UnreachableError,
  WhoAmIDocument,
  isRefusal,
} from "maycall";
import { type WebSocket, WebSocketServer } from "ws";

type Answer = { status?: number; body: unknown } | "cut";
type Scene = (line: Line) => void;

let server: Server;
let sockets: WebSocketServer;
let client: Maycall;
let answers: Answer[];
let sent: { query: string; variables: { input?: { idempotencyKey?: string } } }[];
let scenes: Scene[];
let came: unknown[];

/** The server's end of one subscription. */
class Line {
  readonly #socket: WebSocket;
  readonly #id: string;

  constructor(socket: WebSocket, id: string) {
    this.#socket = socket;
    this.#id = id;
  }

  say(message: Record<string, unknown>): void {
    this.#socket.send(JSON.stringify({ id: this.#id, ...message }));
  }

  change(cursor: string): void {
    this.say({ type: "next", payload: { data: { changes: { cursor } } } });
  }

  fail(extensions: Record<string, unknown>): void {
    this.say({ type: "error", payload: [{ message: "No.", extensions }] });
  }

  close(code: number, reason = ""): void {
    this.#socket.close(code, reason);
  }

  cut(): void {
    this.#socket.terminate();
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = "";
  for await (const chunk of request) {
    text += String(chunk);
  }
  sent.push(JSON.parse(text));
  const planned = answers.shift() ?? { status: 404, body: "nothing is planned" };
  if (planned === "cut") {
    request.socket.destroy();
    return;
  }
  response.writeHead(planned.status ?? 200, { "Content-Type": "application/json" });
  response.end(typeof planned.body === "string" ? planned.body : JSON.stringify(planned.body));
}

function welcome(socket: WebSocket): void {
  socket.on("message", (data) => {
    const message = JSON.parse(String(data)) as { type: string; id: string; payload: Record<string, unknown> };
    if (message.type === "connection_init") {
      assert.deepEqual(message.payload, { Authorization: "Bearer mc_token" });
      socket.send('{"type": "connection_ack"}');
    }
    if (message.type === "subscribe") {
      came.push((message.payload["variables"] as { after: unknown }).after);
      scenes.shift()?.(new Line(socket, message.id));
    }
  });
}

beforeEach(async () => {
  [answers, sent, scenes, came] = [[], [], [], []];
  server = createServer((request, response) => void answer(request, response));
  sockets = new WebSocketServer({ server, handleProtocols: () => "graphql-transport-ws" });
  sockets.on("connection", welcome);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  client = new Maycall({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, token: "mc_token" });
});

afterEach(async () => {
  await client.close();
  for (const socket of sockets.clients) {
    socket.terminate();
  }
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function cursors(count: number, after: string | null = "a"): Promise<string[]> {
  const seen: string[] = [];
  for await (const change of client.watch(ChangesDocument, { after })) {
    seen.push(change.cursor);
    if (seen.length === count) {
      break;
    }
  }
  return seen;
}

const viewer = { viewer: { name: "CRM", scopes: [], workspace: { id: "w", name: "Chai & Co" } } };
const asked = { customerId: "c", businessNumberId: "b" };
const refused = { __typename: "TooEarly", code: "TOO_EARLY", message: "They sleep.", availableAt: null };
const throttled = (seconds: number): Answer => ({
  status: 429,
  body: { errors: [{ message: "Slow down.", extensions: { code: "THROTTLED", retryAfter: seconds } }] },
});

test("a query is asked again when its answer is lost, and when the server is not there for a moment", async () => {
  answers = ["cut", { status: 502, body: "" }, { body: { data: viewer } }];
  assert.deepEqual(await client.execute(WhoAmIDocument), viewer);
  assert.equal(sent.length, 3);
});

test("a request whose answer is lost is sent again with the same key, and its refusal is an answer", async () => {
  answers = ["cut", { body: { data: { requestCallPermission: refused } } }];
  const given = await client.requestCallPermission(asked);
  assert.ok(isRefusal(given));
  assert.equal(given.message, "They sleep.");
  const keys = sent.map(({ variables }) => variables.input?.idempotencyKey);
  assert.equal(keys.length, 2);
  assert.ok(keys[0]);
  assert.equal(keys[0], keys[1]);
});

test("what has no key is not sent twice", async () => {
  answers = ["cut", { body: {} }];
  await assert.rejects(client.execute(CreateCustomerDocument, { input: { name: "Lena" } }), UnreachableError);
  assert.equal(sent.length, 1);
});

test("what is put off is asked again when the server says, if that is soon enough", async () => {
  answers = [throttled(0.1), { body: { data: viewer } }];
  assert.deepEqual(await client.execute(WhoAmIDocument), viewer);
  answers = [throttled(3600)];
  await assert.rejects(client.execute(WhoAmIDocument), (error) => {
    assert.ok(error instanceof ThrottledError);
    assert.equal(error.retryAfter, 3600);
    return true;
  });
});

test("errors have their code, and what is no GraphQL server is told as such", async () => {
  answers = [{ body: { errors: [{ message: "No.", extensions: { code: "BAD_USER_INPUT" } }], data: null } }];
  await assert.rejects(client.execute(WhoAmIDocument), (error) => error instanceof FaultError && error.code === "BAD_USER_INPUT");
  answers = [{ status: 401, body: { errors: [{ message: "Who?", extensions: { code: "UNAUTHENTICATED" } }] } }];
  await assert.rejects(client.execute(WhoAmIDocument), UnauthenticatedError);
  answers = [{ status: 404, body: "<h1>Not found</h1>" }];
  await assert.rejects(client.execute(WhoAmIDocument), /answered 404, and not as a GraphQL server does/);
});

for (const code of [1000, 1001, 1011, 1012, 1013, 4408, 4413, 4500]) {
  test(`a stream that is closed with ${code} is resumed after the last cursor`, async () => {
    scenes = [
      (line) => {
        line.change("b");
        line.change("c");
        line.close(code, "The server stops.");
      },
      (line) => line.change("d"),
    ];
    assert.deepEqual(await cursors(3), ["b", "c", "d"]);
    assert.deepEqual(came, ["a", "c"]);
  });
}

test("a line that is cut, an end without a reason, and a brake are no end", async () => {
  scenes = [
    (line) => {
      line.change("b");
      setTimeout(() => line.cut(), 20);
    },
    (line) => line.say({ type: "complete" }),
    (line) => line.fail({ code: "THROTTLED", retryAfter: 0.1 }),
    (line) => line.change("c"),
  ];
  assert.deepEqual(await cursors(2), ["b", "c"]);
  assert.deepEqual(came, ["a", "b", "b", "b"]);
});

test("without a cursor it begins now, also when the first connection brings nothing", async () => {
  answers = [{ body: { data: { changeCursor: "now" } } }];
  scenes = [(line) => line.cut(), (line) => line.change("b")];
  assert.deepEqual(await cursors(1, null), ["b"]);
  assert.deepEqual(came, ["now", "now"]);
});

test("a cursor that leads nowhere is told, so that one reads afresh", async () => {
  scenes = [(line) => line.fail({ code: "BAD_USER_INPUT", reason: "CURSOR_TOO_OLD" })];
  await assert.rejects(cursors(1), (error) => error instanceof CursorLostError && error.reason === "CURSOR_TOO_OLD");
});

for (const code of [4401, 4403]) {
  test(`a token that is not let in is told: ${code}`, async () => {
    scenes = [(line) => line.close(code, "Forbidden")];
    await assert.rejects(cursors(1), UnauthenticatedError);
    assert.equal(came.length, 1);
  });
}

test("a token that ends while it watches, and a change that could not be told, are never passed over", async () => {
  for (const [code, kind] of [["UNAUTHENTICATED", UnauthenticatedError], ["INTERNAL_SERVER_ERROR", FaultError]] as const) {
    scenes = [
      (line) => {
        line.say({ type: "next", payload: { data: null, errors: [{ message: "Over.", extensions: { code } }] } });
        line.change("c");
      },
    ];
    await assert.rejects(cursors(1), kind);
  }
});

test("what is not understood is told, and not repeated", async () => {
  scenes = [(line) => line.close(4400, "Invalid message")];
  await assert.rejects(cursors(1), (error) => error instanceof MaycallError && /Invalid message/.test(error.message));
  assert.equal(came.length, 1);
});

test("a watch ends when its signal is aborted, and when the client is closed", async () => {
  for (const end of [(abort: AbortController) => abort.abort(), () => void client.close()]) {
    const abort = new AbortController();
    scenes = [(line) => line.change("b")];
    const seen: string[] = [];
    for await (const change of client.watch(ChangesDocument, { after: "a" }, abort.signal)) {
      seen.push(change.cursor);
      end(abort);
    }
    assert.deepEqual(seen, ["b"]);
  }
});
