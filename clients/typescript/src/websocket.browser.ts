/** The WebSocket that this client speaks through: in a browser, its own. */
export const WebSocket = globalThis.WebSocket;
