// What both servers on Node tell their listeners: a business with a hundred customers who say yes, all in memory.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

import { GraphQLScalarType } from "graphql";

export const TOPIC = "callPermissionChanged";
export const typeDefs = readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8");
export const port = Number(process.argv[process.argv.indexOf("--port") + 1]);

const WEEK = 7 * 24 * 3600 * 1000;
const idOf = (kind) => Buffer.from(`${kind}:${randomUUID()}`).toString("base64url");

const number = { id: idOf("BusinessNumber"), displayPhoneNumber: "+918045550142", name: "Benchmark" };
const customers = new Map();
const numbers = new Map([[number.id, number]]);
const permissions = [];
for (let place = 0; place < 100; place += 1) {
  const phone = `+9198${String(place).padStart(8, "0")}`;
  const customer = { id: idOf("Customer"), name: "A customer", phone, tags: [] };
  customers.set(customer.id, customer);
  permissions.push({ id: idOf("CallPermission"), customerId: customer.id, businessNumberId: number.id });
}

let told = 0;

/** The next customer says yes. */
export function nextChange() {
  const now = new Date();
  const callPermission = {
    ...permissions[told % permissions.length],
    status: "TEMPORARY",
    grantedAt: now,
    expiresAt: new Date(now.getTime() + WEEK),
    respondedAt: now,
    source: "USER_ACTION",
  };
  told += 1;
  return {
    cursor: Buffer.from(`log:${number.id}:${told}`).toString("base64url"),
    occurredAt: now,
    cause: "CUSTOMER_ANSWERED",
    previousStatus: "REQUESTED",
    status: "TEMPORARY",
    callPermission,
  };
}

/** Resolvers for the schema; `subscribe` gives a listener's stream of changes. */
export const resolversWith = (subscribe) => ({
  DateTime: new GraphQLScalarType({ name: "DateTime", serialize: (moment) => moment.toISOString() }),
  Subscription: { callPermissionChanged: { subscribe, resolve: (change) => change[TOPIC] } },
  CallPermission: {
    customer: async (permission) => customers.get(permission.customerId),
    businessNumber: async (permission) => numbers.get(permission.businessNumberId),
  },
});
