// Operations to begin with: each runs against the sandbox as it is, about the first customer and number there are.

import { ask } from "./asking";

export interface Example {
  title: string;
  query: string;
  variables: string;
}

const OFFER = [
  "v=0",
  "o=- 1 2 IN IP4 127.0.0.1",
  "s=-",
  "t=0 0",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111",
  "c=IN IP4 0.0.0.0",
  "a=setup:actpass",
  "a=mid:0",
  "a=sendrecv",
  "a=rtcp-mux",
  "a=rtpmap:111 opus/48000/2",
  "a=ice-ufrag:mZ8x",
  "a=ice-pwd:7Yk0tVbq2mCwQ1sPzR5uDfXe",
  `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => "5A").join(":")}`,
  "",
].join("\r\n");

const BEGIN = `{
  changeCursor
  businessNumbers { id }
  customers(first: 1) { nodes { id name } }
}`;

interface Beginning {
  changeCursor: string;
  businessNumbers: { id: string }[];
  customers: { nodes: { id: string; name: string | null }[] };
}

// Looks whom and with which number the examples can be about. Whatever the token may not see stays empty.
export async function examplesFor(token: string): Promise<Example[]> {
  const { data } = await ask(token, { query: BEGIN });
  const found = data as Partial<Beginning> | null | undefined;
  const customer = found?.customers?.nodes[0];
  const pair = { customerId: customer?.id ?? "", businessNumberId: found?.businessNumbers?.[0]?.id ?? "" };
  const written = (values: object) => JSON.stringify(values, null, 2);
  return [
    { title: "Whom can I call now?", query: WHOM, variables: "" },
    {
      title: "Ask",
      query: REQUEST,
      variables: written({ ...pair, firstName: customer?.name?.split(" ")[0] ?? "there" }),
    },
    { title: "Watch", query: WATCH, variables: written({ after: found?.changeCursor ?? null }) },
    { title: "Call", query: CALL, variables: written({ ...pair, sdpOffer: OFFER }) },
    { title: "How it stands", query: STANDING, variables: "" },
  ];
}

const WHOM = `# Whom can I call right now? The permission that runs out first is on top.
query WhomCanICallNow {
  callPermissions(filter: {callableNow: true}, orderBy: EXPIRES_AT, first: 20) {
    totalCount
    nodes {
      status
      expiresAt
      customer { id name phone }
    }
  }
}
`;

const REQUEST = `# Ask for permission to call. The answer comes from the customer's phone: in the sandbox,
# open /sandbox and press "Allow for 7 days" there. Another time, it says why not, and when again.
mutation Ask($customerId: ID!, $businessNumberId: ID!, $firstName: String!) {
  requestCallPermission(
    input: {
      customerId: $customerId
      businessNumberId: $businessNumberId
      template: {
        name: "may_we_call"
        language: "en"
        parameters: [
          {name: "first_name", value: $firstName}
          {name: "topic", value: "your delivery"}
        ]
      }
    }
  ) {
    __typename
    ... on RequestCallPermissionSuccess {
      permissionRequest { id status sentAt expiresAt }
    }
    ... on Refusal { code message availableAt }
  }
}
`;

const WATCH = `# Every change after the cursor, and each one from now on, the moment it happens. A line that is lost
# comes back after the last cursor that came, so that nothing is missed and nothing seen twice.
subscription Watch($after: String) {
  changes(after: $after) {
    cursor
    kind
    cause
    occurredAt
    previousStatus
    status
    customer { name phone }
  }
}
`;

const CALL = `# Call: it goes out only if the customer allows it at this moment. In the sandbox the phone rings at /sandbox.
mutation Call($customerId: ID!, $businessNumberId: ID!, $sdpOffer: String!) {
  startCall(
    input: {
      customerId: $customerId
      businessNumberId: $businessNumberId
      sdpOffer: $sdpOffer
    }
  ) {
    __typename
    ... on StartCallSuccess { call { id status placedBy } }
    ... on Refusal { code message availableAt }
  }
}
`;

const STANDING = `# How it stands, in numbers.
query HowItStands {
  everybody: callPermissions(first: 1) { totalCount }
  allowing: callPermissions(filter: {statuses: [TEMPORARY, PERMANENT]}, first: 1) { totalCount }
  asked: callPermissions(filter: {statuses: [REQUESTED]}, first: 1) { totalCount }
  refusing: callPermissions(filter: {statuses: [DECLINED, REVOKED]}, first: 1) { totalCount }
  toBeAskedNow: callPermissions(filter: {requestableNow: true}, first: 1) { totalCount }
  calls(first: 5) {
    nodes { status startedAt durationSeconds customer { name } }
  }
}
`;
