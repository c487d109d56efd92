/** What can go wrong. A refusal is none of it: it is an answer. */

/** An error of a GraphQL answer. */
export interface GraphQLFault {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** Whatever this client throws. */
export class MaycallError extends Error {
  override name = "MaycallError";
}

/** The server could not be reached, or its answer was lost on the way and asking again is not known to be safe. */
export class UnreachableError extends MaycallError {
  override name = "UnreachableError";
}

/** The server answered with an error: `code` says which, for programs. */
export class FaultError extends MaycallError {
  override name = "FaultError";
  readonly errors: readonly GraphQLFault[];
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly code: string;

  constructor(errors: readonly GraphQLFault[], advice = "") {
    super([errors[0]?.message ?? "", advice].filter(Boolean).join(" "));
    this.errors = errors;
    this.extensions = errors[0]?.extensions ?? {};
    this.code = String(this.extensions["code"] ?? "");
  }
}

/** The token is wrong, was revoked or has run out. */
export class UnauthenticatedError extends FaultError {
  override name = "UnauthenticatedError";
}

/** Too much was asked for, for longer than this client is ready to wait; `retryAfter` seconds would help. */
export class ThrottledError extends FaultError {
  override name = "ThrottledError";

  get retryAfter(): number {
    const seconds = Number(this.extensions["retryAfter"]);
    return seconds > 0 ? seconds : 1;
  }
}

/** The log cannot be resumed after this cursor: read afresh, and begin after the cursor read with it. */
export class CursorLostError extends FaultError {
  override name = "CursorLostError";

  get reason(): string {
    return String(this.extensions["reason"]);
  }
}

/** Gives what these GraphQL errors are thrown as. */
export function faultOf(errors: readonly GraphQLFault[]): FaultError {
  const found = new FaultError(errors);
  if (found.code === "UNAUTHENTICATED") {
    return new UnauthenticatedError(errors);
  }
  if (found.code === "THROTTLED") {
    return new ThrottledError(errors);
  }
  if (String(found.extensions["reason"] ?? "").startsWith("CURSOR_")) {
    return new CursorLostError(errors, "What you hold may be out of date.");
  }
  return found;
}
