import type { Client } from "@urql/core";
import { parse } from "papaparse";

import { answerOf } from "./answers";
import type { ImportedCustomerInput } from "./gql/graphql";
import { ImportCustomers } from "./importing.graphql";

const AT_ONCE = 250; // rows of one question: enough to be quick, few enough for the bar to move

/** What a heading may be called: everything but letters is left out of it. */
const HEADINGS: Record<string, keyof ImportedCustomerInput> = {
  name: "name",
  fullname: "name",
  phone: "phone",
  phonenumber: "phone",
  mobile: "phone",
  externalid: "externalId",
  id: "externalId",
  tags: "tags",
  timezone: "timezone",
  whatsappuserid: "whatsappUserId",
};

export interface Sheet {
  rows: ImportedCustomerInput[];
  /** Where each row stands in the file, counted from 1 with the heading as 1. */
  lines: number[];
  /** Headings that mean nothing here. */
  unknown: string[];
}

/** Reads a file of customers with a heading, however its columns are parted. */
export function readSheet(text: string): Sheet {
  const { data, meta } = parse<Record<string, string>>(text.replace(/^\uFEFF/, ""), {
    header: true,
    skipEmptyLines: "greedy",
  });
  const headings = meta.fields ?? [];
  const meant = new Map(headings.map((heading) => [heading, HEADINGS[heading.toLowerCase().replace(/[^a-z]/g, "")]]));
  const rows = data.map((cells) => {
    const row: ImportedCustomerInput = {};
    for (const [heading, field] of meant) {
      const value = (cells[heading] ?? "").trim();
      if (field === undefined || value === "") continue;
      if (field === "tags")
        row.tags = value
          .split(/[,;|]/)
          .map((tag) => tag.trim())
          .filter(Boolean);
      else row[field] = value;
    }
    return row;
  });
  return {
    rows,
    lines: rows.map((_, index) => index + 2),
    unknown: headings.filter((heading) => meant.get(heading) === undefined),
  };
}

export interface Outcome {
  created: number;
  updated: number;
  unchanged: number;
  refused: { line: number; problem: string | null; message: string }[];
}

/** Brings the rows in, or only says what would come of it; `tell` hears how many are done. */
export async function bringIn(
  client: Client,
  sheet: Sheet,
  dryRun: boolean,
  tell: (done: number) => void,
): Promise<Outcome> {
  const outcome: Outcome = { created: 0, updated: 0, unchanged: 0, refused: [] };
  for (let begin = 0; begin < sheet.rows.length; begin += AT_ONCE) {
    const customers = sheet.rows.slice(begin, begin + AT_ONCE);
    const answer = answerOf(await client.mutation(ImportCustomers, { input: { customers, dryRun } }).toPromise());
    if (answer.is !== "done") throw new Error(answer.is === "refused" ? answer.refusal.message : answer.why);
    const part = answer.done;
    outcome.created += part.created;
    outcome.updated += part.updated;
    outcome.unchanged += part.unchanged;
    for (const row of part.rows) {
      if (row.outcome === "REFUSED")
        outcome.refused.push({
          line: sheet.lines[begin + row.row] ?? 0,
          problem: row.problem,
          message: row.message ?? "",
        });
    }
    tell(Math.min(begin + AT_ONCE, sheet.rows.length));
  }
  return outcome;
}
