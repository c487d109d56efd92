import type { ApiTokensQuery } from "../../gql/graphql";

export type Token = ApiTokensQuery["apiTokens"]["nodes"][number];
export type TokenState = "works" | "soon" | "ranOut" | "revoked";

const DAY = 24 * 60 * 60_000;
const SOON = 7 * DAY;

/** How a token stands at a moment: what was revoked is so, however long it would have lasted. */
export function stateOf(token: Pick<Token, "expiresAt" | "revokedAt">, now: number): TokenState {
  if (token.revokedAt !== null) return "revoked";
  if (token.expiresAt === null) return "works";
  const left = Date.parse(token.expiresAt) - now;
  return left <= 0 ? "ranOut" : left < SOON ? "soon" : "works";
}

export function hasEnded(token: Pick<Token, "expiresAt" | "revokedAt">, now: number): boolean {
  return ["ranOut", "revoked"].includes(stateOf(token, now));
}

export const LASTINGS = ["30", "90", "365", "never", "until"] as const;
export type Lasting = (typeof LASTINGS)[number];

/** When a token that lasts so long ends: null for never, undefined where the chosen moment is none or has passed. */
export function endOf(lasting: Lasting, until: string, now: number): string | null | undefined {
  if (lasting === "never") return null;
  const end = lasting === "until" ? Date.parse(until) : now + Number(lasting) * DAY;
  return Number.isNaN(end) || end <= now ? undefined : new Date(end).toISOString();
}

/** What may be chosen of a token: admin is all of it, so that nothing else is worth saying beside it. */
export const SCOPES = [
  "customers:read",
  "customers:write",
  "permissions:read",
  "permissions:request",
  "calls:read",
  "calls:write",
  "admin",
] as const;
export type ScopeName = (typeof SCOPES)[number];

export function isScope(name: string): name is ScopeName {
  return (SCOPES as readonly string[]).includes(name);
}

/** The key of a scope's words: a colon in a key would name another set of words. */
export function wordOf(scope: ScopeName): ScopeWord {
  return scope.replace(":", "_") as ScopeWord;
}
type ScopeWord = ScopeName extends infer Name
  ? Name extends `${infer What}:${infer Deed}`
    ? `${What}_${Deed}`
    : Name
  : never;
