import type { ReactNode } from "react";
import { Link } from "wouter";

import type { Row } from "../desk";
import { nameOf } from "./Buttons";
import { Line } from "./Line";
import { Marked } from "./Marked";
import styles from "./Who.module.css";

/** Who a row is about: the name, which leads to the customer, and below it by what else they are known. */
export function Who({ row }: { row: Row }): ReactNode {
  const { customer } = row;
  return (
    <Marked row={row} shows={({ customer }) => [customer.name, customer.phone, ...customer.tags].join("\n")}>
      <Link href={`/customers/${customer.id}`} className={styles.name} tabIndex={-1}>
        {nameOf(row)}
      </Link>
      <Line quiet className={styles.more}>
        {[customer.name ? customer.phone : null, ...customer.tags].filter(Boolean).join(" · ")}
      </Line>
    </Marked>
  );
}
