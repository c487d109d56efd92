/**
 * Whom may we call now, and then every change as it happens: MAYCALL_URL=… MAYCALL_TOKEN=… node watch.js [FILE].
 *
 * Begins with the worklist. The last cursor is kept in FILE (watch.cursor): stopped and started again, it goes on where
 * it was. A connection that is lost meanwhile, or a server that restarts, needs nothing done here.
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { CallPermissionChangedDocument, CursorLostError, Maycall, WorklistDocument } from "maycall";

const client = new Maycall({ url: process.env["MAYCALL_URL"] ?? "", token: process.env["MAYCALL_TOKEN"] ?? "" });
const kept = process.argv[2] ?? "watch.cursor";

/** Prints whom we may call, soonest to run out first, and gives the cursor from which on to watch. */
async function showWorklist(): Promise<string> {
  const worklist = await client.execute(WorklistDocument, { first: 20 });
  for (const { customer, expiresAt } of worklist.callPermissions.nodes) {
    console.log("may call", customer.name ?? customer.phone, expiresAt ?? "for good");
  }
  console.log("watching");
  return worklist.changeCursor;
}

let cursor = existsSync(kept) ? readFileSync(kept, "utf8") : await showWorklist();
for (;;) {
  try {
    for await (const change of client.watch(CallPermissionChangedDocument, { after: cursor })) {
      const { customer } = change.callPermission;
      console.log(change.status, customer.name ?? customer.phone, change.cause);
      writeFileSync(kept, change.cursor);
    }
  } catch (error) {
    if (!(error instanceof CursorLostError)) {
      throw error;
    }
    console.log(error.message);
    cursor = await showWorklist();
  }
}
