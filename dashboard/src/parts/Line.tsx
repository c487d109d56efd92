import type { ReactNode } from "react";

import styles from "./Line.module.css";

interface Parts {
  quiet?: boolean;
  small?: boolean;
  className?: string | undefined;
  title?: string | undefined;
  children: ReactNode;
}

/** A line in a row, cut where it is too long. A tenth of what the library's own text costs, of which a table has hundreds. */
export function Line({ quiet, small, className, title, children }: Parts): ReactNode {
  const classes = [styles.line, quiet && styles.quiet, small && styles.small, className];
  return (
    <p className={classes.filter(Boolean).join(" ")} title={title}>
      {children}
    </p>
  );
}

/** What stands side by side in a row, or at its end. */
export function Together({ end = false, children }: { end?: boolean; children: ReactNode }): ReactNode {
  return <div className={end ? `${styles.together} ${styles.end}` : styles.together}>{children}</div>;
}
