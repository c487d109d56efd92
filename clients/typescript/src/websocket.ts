/** The WebSocket that this client speaks through: in Node, the one of the `ws` package. */
export { WebSocket } from "ws";
