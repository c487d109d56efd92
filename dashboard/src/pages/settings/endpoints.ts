import type { EndpointDetailsFragment } from "../../gql/graphql";

export type Endpoint = EndpointDetailsFragment;
export type EndpointState = "on" | "off" | "failing" | "dead";

/** How an endpoint stands: what Maycall switched off itself has a problem to read. */
export function stateOf(endpoint: Pick<Endpoint, "enabled" | "problem" | "failingSince">): EndpointState {
  if (!endpoint.enabled) return endpoint.problem === null ? "off" : "dead";
  return endpoint.failingSince === null ? "on" : "failing";
}

export const WHATS = ["permissions", "calls", "all", "own"] as const;
export type What = (typeof WHATS)[number];

/** The subscriptions that most receivers want, ready to be posted. */
export const DOCUMENTS: Record<Exclude<What, "own">, string> = {
  permissions: `subscription {
  callPermissionChanged {
    cursor
    occurredAt
    cause
    previousStatus
    status
    callPermission { expiresAt customer { id name phone externalId } }
  }
}`,
  calls: `subscription {
  callChanged {
    cursor
    occurredAt
    previousStatus
    status
    call { id direction durationSeconds failure customer { id name phone externalId } }
  }
}`,
  all: `subscription {
  changes {
    cursor
    occurredAt
    kind
    cause
    previousStatus
    status
    node { __typename id }
    customer { id name phone externalId }
  }
}`,
};

/** Which of the ready ones a subscription is, if any. */
export function whatOf(document: string): What {
  return WHATS.find((what) => what !== "own" && DOCUMENTS[what] === document) ?? "own";
}

export type EndpointField = "name" | "url" | "document";

const OF_CODE: Record<string, EndpointField> = {
  WEBHOOK_ADDRESS_REFUSED: "url",
  WEBHOOK_DOCUMENT_REFUSED: "document",
};

/** The field that a refusal is about; null for the whole form. */
export function fieldOf(code: string): EndpointField | null {
  return OF_CODE[code] ?? null;
}
