interface Message {
  type: string;
  id?: string;
  payload?: unknown;
}

/** The server's end of a line, as the page's own sockets reach it: a test says what comes and what breaks. */
export class Socket extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  static all: Socket[] = [];
  static reachable = true;

  readyState = Socket.CONNECTING;
  readonly heard: Message[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  silent = false;

  /** Forgets what was before: nobody is connected, and the server can be reached. */
  static begin(): void {
    Socket.all = [];
    Socket.reachable = true;
  }

  constructor() {
    super();
    Socket.all.push(this);
    setTimeout(() => {
      if (this.readyState !== Socket.CONNECTING) return;
      if (!Socket.reachable) {
        this.breaks(1006);
        return;
      }
      this.readyState = Socket.OPEN;
      this.onopen?.();
    }, 1);
  }

  static get last(): Socket {
    const last = Socket.all.at(-1);
    if (!last) throw new Error("Nobody has connected.");
    return last;
  }

  /** What it was asked for, and under which name. */
  get asked(): { id: string; after: string; calls?: boolean } {
    const { id, payload } = this.heard.findLast(({ type }) => type === "subscribe") ?? {};
    const { variables } = (payload ?? {}) as { variables?: { after: string; calls?: boolean } };
    return { id: id ?? "", after: "", ...variables };
  }

  send(data: string): void {
    const message = JSON.parse(data) as Message;
    this.heard.push(message);
    if (this.silent) return;
    const answer = { connection_init: "connection_ack", ping: "pong" }[message.type];
    if (answer) queueMicrotask(() => this.says({ type: answer }));
  }

  close(code: number): void {
    this.breaks(code);
  }

  says(message: Message): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  tells(...cursors: string[]): void {
    for (const cursor of cursors)
      this.says({ id: this.asked.id, type: "next", payload: { data: { changes: { cursor, node: null } } } });
  }

  fails(code: string, reason?: string): void {
    const errors = [{ message: "No.", extensions: { code, reason } }];
    const { id } = this.asked;
    this.says({ id, type: "next", payload: { data: null, errors } });
    setTimeout(() => this.says({ id, type: "complete" })); // as each message comes: in a turn of its own
  }

  breaks(code: number): void {
    this.readyState = Socket.CLOSED;
    this.onclose?.({ code, reason: "" });
  }
}
