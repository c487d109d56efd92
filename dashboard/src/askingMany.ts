import type { Client } from "@urql/core";

import { answerOf, faultText } from "./answers";
import type { AskManyForMutation, RequestCallPermissionsInput } from "./gql/graphql";
import { AskManyFor, BatchEntries, BatchProgress } from "./parts/AskMany.graphql";
import type { Refused } from "./parts/refusals";

type Done = Extract<AskManyForMutation["requestCallPermissions"], { __typename: "RequestCallPermissionsSuccess" }>;
export type Entry = Done["entries"][number];
export type State = Entry["state"];

const EVERY = 700; // ms between looks at how far it has come

/** The customers by what comes of them, those who have something to be said of them first. */
export function byState(entries: readonly Entry[]): Map<State, Entry[]> {
  const order: State[] = ["WAITING", "REQUESTED", "LATER", "ALREADY_ALLOWED", "REFUSED"];
  return new Map(
    order.flatMap((state) => {
      const own = entries.filter((entry) => entry.state === state);
      return own.length > 0 ? [[state, own] as const] : [];
    }),
  );
}

/** When the first and the last of those who can be asked later can be: null where nobody knows of any. */
export function laterSpan(entries: readonly Pick<Entry, "availableAt">[]): { first: string; last: string } | null {
  const moments = entries.flatMap(({ availableAt }) => availableAt ?? []).sort();
  const [first] = moments;
  return first === undefined ? null : { first, last: moments.at(-1) ?? first };
}

export type Answer =
  | { is: "done"; batch: string | null; entries: Entry[] }
  | { is: "refused"; refusal: Refused }
  | { is: "unanswered"; why: string };

/** Asks what would come of it (`dryRun`), or has them asked. */
export async function askMany(client: Client, input: RequestCallPermissionsInput): Promise<Answer> {
  const answer = answerOf(await client.mutation(AskManyFor, { input }).toPromise());
  if (answer.is !== "done") return answer;
  return { is: "done", batch: answer.done.batch?.id ?? null, entries: answer.done.entries };
}

/** Waits until everybody of a batch was asked, and gives what came of each; `told` hears how many are left. */
export async function follow(
  client: Client,
  batch: string,
  told: (waiting: number) => void,
  over: AbortSignal,
): Promise<Entry[]> {
  while (!over.aborted) {
    const { data } = await client.query(BatchProgress, { id: batch }).toPromise();
    if (data?.node?.__typename === "PermissionRequestBatch") {
      told(data.node.waiting);
      if (data.node.waiting === 0) break;
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
  const entries: Entry[] = [];
  let after: string | null = null;
  for (;;) {
    const { data, error }: Awaited<ReturnType<typeof page>> = await page(client, batch, after);
    if (data?.node?.__typename !== "PermissionRequestBatch") throw new Error(faultText(error));
    const { nodes, pageInfo } = data.node.entries;
    entries.push(...nodes);
    if (!pageInfo.hasNextPage || over.aborted) return entries;
    after = pageInfo.endCursor ?? null;
  }
}

function page(client: Client, id: string, after: string | null) {
  return client.query(BatchEntries, { id, after }).toPromise();
}
