import type { ReactNode } from "react";

import { type Row, useDesk } from "../desk";
import styles from "./Marked.module.css";

interface Parts {
  row: Row;
  /** What this place shows of a row: the mark is put where that has changed. */
  shows: (row: Row) => string | null | undefined;
  children: ReactNode;
}

/** Something that changes before somebody's eyes: a quiet bar beside it, which goes away. */
export function Marked({ row, shows, children }: Parts): ReactNode {
  const { rows } = useDesk();
  const mark = rows.mark(row.id);
  const changed = mark !== undefined && (mark.before === undefined || shows(mark.before) !== shows(row));
  return (
    <div className={styles.place}>
      {changed && <span key={mark.at} className={styles.mark} aria-hidden />}
      {children}
    </div>
  );
}
