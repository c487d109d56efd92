/** Which rows a list holds and where, told without asking: what the server would tell of a row that has just changed. */

import type { Change, Row } from "./desk";
import type { CallPermissionFilter, CallPermissionOrder } from "./gql/graphql";

export interface Wanted {
  filter: CallPermissionFilter;
  orderBy: CallPermissionOrder;
  /** Newest first: the same pages, from the other end. */
  backwards?: boolean;
}

type Named = Pick<Row["customer"], "name" | "phone" | "tags">;

/** Whether a customer is one of those whom a filter names by their tags or by a part of their name or phone. */
export function isNamed(customer: Named, { customerTags, customerSearch }: CallPermissionFilter): boolean {
  const tagged = customerTags?.some((tag) => customer.tags.includes(tag)) ?? true;
  if (!customerSearch) return tagged;
  const found = customer.name?.toLowerCase().includes(customerSearch.toLowerCase()) ?? false;
  return tagged && (found || (customer.phone?.includes(customerSearch) ?? false));
}

/** When it runs out in milliseconds, by which rows are put in order; what does not run out, or has done so, comes last. */
export function endOf({ status, expiresAt }: Pick<Row, "status" | "expiresAt">): number {
  return status !== "TEMPORARY" || expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt);
}

/** Whether a row is one of those that a filter chooses. */
export function fits(row: Row, filter: CallPermissionFilter, now: number): boolean {
  const { businessNumberId, statuses, callableNow, requestableNow, expiresBefore } = filter;
  const endsInTime = (moment: string): boolean =>
    row.status === "TEMPORARY" && endOf(row) > now && endOf(row) < Date.parse(moment);
  return (
    (businessNumberId ?? row.businessNumber.id) === row.businessNumber.id &&
    (statuses?.includes(row.status) ?? true) &&
    (callableNow ?? row.canCall.allowed) === row.canCall.allowed &&
    (requestableNow ?? row.canRequest.allowed) === row.canRequest.allowed &&
    (!expiresBefore || endsInTime(expiresBefore)) &&
    isNamed(row.customer, filter)
  );
}

/** Whether a customer whom nobody has asked yet may be one of those that a filter chooses. */
export function fitsAsNew(customer: Named, filter: CallPermissionFilter): boolean {
  const { statuses, callableNow, requestableNow, expiresBefore } = filter;
  const unasked = (statuses?.includes("NOT_REQUESTED") ?? true) && !callableNow && requestableNow !== false;
  return unasked && !expiresBefore && isNamed(customer, filter);
}

/**
 * Whether what happened can have brought a row into a list that was not in it. Most of what happens cannot: where
 * nothing but the age of the customers decides, whatever they answer moves nothing.
 */
export function bringsIn({ kind, previousStatus, status }: Change, { filter, orderBy }: Wanted): boolean {
  const byVerdict = (filter.callableNow ?? filter.requestableNow ?? null) !== null;
  switch (kind) {
    case "CALL_PERMISSION":
      return (
        byVerdict ||
        Boolean(filter.expiresBefore) ||
        orderBy === "EXPIRES_AT" ||
        (Boolean(filter.statuses) && previousStatus !== status)
      );
    case "PERMISSION_REQUEST":
    case "CALL":
      return byVerdict;
    default:
      return false;
  }
}
