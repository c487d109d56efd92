import type { CombinedError } from "urql";

import type { Refused } from "./parts/refusals";
import { words } from "./words";

/** What came of a mutation: it was done, it was refused, or nobody answered and it may be asked again as it was. */
export type Answer<Done> =
  { is: "done"; done: Done } | { is: "refused"; refusal: Refused } | { is: "unanswered"; why: string };

/** What a mutation of one field may answer. */
type Outcome<Data> = Extract<Data[keyof Data], object>;
type Done<Data> = Exclude<Outcome<Data>, { code: string }>;

interface Result<Data> {
  data?: Data | undefined;
  error?: CombinedError | undefined;
}

/** Reads the answer to a document with one mutation in it, which spreads `Refusal`. */
export function answerOf<Data extends object>({ data, error }: Result<Data>): Answer<Done<Data>> {
  const outcome = Object.values(data ?? {}).find((value) => typeof value === "object") as
    Outcome<Data> | null | undefined;
  if (!outcome) return { is: "unanswered", why: faultText(error) };
  if ("code" in outcome) return { is: "refused", refusal: outcome as unknown as Refused };
  return { is: "done", done: outcome as Done<Data> };
}

interface Told {
  code?: string;
  retryAfter?: number;
  requestId?: string;
}

/** What went wrong: in the reader's language where its code says it, else in the server's own words where it had any. */
export function faultText(error: CombinedError | undefined): string {
  const fault = error?.graphQLErrors[0];
  if (!fault) return error?.message ?? "";
  const { code = "", retryAfter = 1, requestId = "" } = fault.extensions as Told;
  const said = words.t(`fault.${code}`, { defaultValue: "", seconds: retryAfter, requestId });
  return said || fault.message;
}
