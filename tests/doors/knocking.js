// What the programs beside this file share: where the server is, and how they say what they find out.

import { setTimeout as wait } from "node:timers/promises";

export const { PORT, URL: url, TOKEN: token, CASE: wanted } = process.env;
export const socketUrl = url.replace("http:", "ws:");
export const authorization = `Bearer ${token}`;

export const say = (event, more = {}) => console.log(JSON.stringify({ event, ...more }));
export const moment = () => wait(10);

// A result without what it cost, which is not what these programs are about.
export const told = ({ extensions, ...result }) => result;

export const VIEWER = "{ viewer { name } }";
export const CHANGES = "subscription Changes($after: String) { changes(after: $after) { cursor } }";

// Runs the one case that is asked for. What it leaves open ends with the process.
export async function run(cases) {
  await cases[wanted]();
  process.exit(0);
}
