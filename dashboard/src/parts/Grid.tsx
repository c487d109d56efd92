import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useEffect, useImperativeHandle, useRef, useState } from "react";

import styles from "./Grid.module.css";

export interface Column {
  key: string;
  title: string;
  /** How wide, as CSS grid tracks say it. */
  width: string;
  /** Left out where the page is narrow. */
  wideOnly?: boolean;
}

export interface GridHandle {
  move: (by: number) => void;
  active: () => string | undefined;
}

interface Parts {
  label: string;
  columns: readonly Column[];
  ids: readonly string[];
  row: (id: string, cell: (key: string, content: ReactNode) => ReactNode) => ReactNode;
  /** The last rows came into view. */
  atEnd: () => void;
  open: (id: string) => void;
  handle?: React.Ref<GridHandle>;
}

const ROW = 60;

/** A long table of which only the rows in view are drawn, to be walked through with the arrow keys. */
export function Grid({ label, columns, ids, row, atEnd, open, handle }: Parts): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [active, setActive] = useState(0);
  useEffect(() => setTop(box.current?.offsetTop ?? 0), []);
  const virtual = useWindowVirtualizer({ count: ids.length, estimateSize: () => ROW, overscan: 12, scrollMargin: top });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  const here = Math.min(active, Math.max(0, ids.length - 1));

  useEffect(() => {
    if (ids.length > 0 && last >= ids.length - 20) atEnd();
  }, [atEnd, ids.length, last]);

  const go = (to: number): void => {
    const next = Math.min(Math.max(0, to), ids.length - 1);
    setActive(next);
    virtual.scrollToIndex(next, { align: "auto" });
    requestAnimationFrame(() =>
      box.current?.querySelector<HTMLElement>(`[aria-rowindex="${next + 2}"]`)?.focus({ preventScroll: true }),
    );
  };
  useImperativeHandle(handle, () => ({ move: (by) => go(here + by), active: () => ids[here] }));

  const pressed = (event: KeyboardEvent, index: number): void => {
    if (event.target !== event.currentTarget) return;
    const steps: Partial<Record<string, number>> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      Home: 0,
      End: ids.length - 1,
    };
    const to = steps[event.key];
    if (to !== undefined) {
      event.preventDefault();
      go(to);
    } else if (event.key === "Enter") {
      const id = ids[index];
      if (id) open(id);
    }
  };

  const tracks = { "--tracks": columns.map((column) => column.width).join(" ") } as React.CSSProperties;
  return (
    <div ref={box} role="grid" aria-label={label} aria-rowcount={ids.length + 1} className={styles.grid} style={tracks}>
      <div role="row" aria-rowindex={1} className={styles.head}>
        {columns.map((column) => (
          <div key={column.key} role="columnheader" data-wide-only={column.wideOnly} className={styles.cell}>
            {column.title}
          </div>
        ))}
      </div>
      <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize() }}>
        {shown.map(({ index, start }) => {
          const id = ids[index];
          if (id === undefined) return null;
          return (
            <div
              key={id}
              role="row"
              aria-rowindex={index + 2}
              tabIndex={index === here ? 0 : -1}
              className={styles.row}
              style={{ transform: `translateY(${start - top}px)` }}
              onFocus={() => setActive(index)}
              onKeyDown={(event) => pressed(event, index)}
              onDoubleClick={() => open(id)}
            >
              {row(id, (key, content) => {
                const column = columns.find((each) => each.key === key);
                return (
                  <div
                    key={key}
                    role="gridcell"
                    className={styles.cell}
                    data-wide-only={column?.wideOnly}
                    data-column={key}
                  >
                    {content}
                  </div>
                );
              })}
            </div>
          );
        })}
      </div>
    </div>
  );
}
