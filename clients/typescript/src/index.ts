/** May I call? A typed client for Maycall, with subscriptions that resume by themselves. */

import type { RefusalCode } from "./api/graphql.js";

export * from "./api/graphql.js";
export { Maycall, type Brought, type MaycallOptions } from "./client.js";
export {
  CursorLostError,
  FaultError,
  type GraphQLFault,
  MaycallError,
  ThrottledError,
  UnauthenticatedError,
  UnreachableError,
} from "./faults.js";

/** An expected no: nothing was changed, and nothing was sent. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly message: string;
  readonly availableAt: string | null;
}

/** Tells a mutation's refusals from its success. */
export function isRefusal<Answer extends { readonly __typename: string }>(
  answer: Answer,
): answer is Extract<Answer, Refusal> {
  return "code" in answer && "message" in answer;
}
