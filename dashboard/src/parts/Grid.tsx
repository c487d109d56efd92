import { UnstyledButton } from "@mantine/core";
import { defaultRangeExtractor, useWindowVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type ReactNode,
  memo,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";

import { useTranslation } from "../words";
import styles from "./Grid.module.css";

export interface Column {
  key: string;
  title: string;
  /** How wide, as CSS grid tracks say it. */
  width: string;
  /** Left out where the page is narrow. */
  wideOnly?: boolean;
  /** How the rows are ordered by it, and what turns that around. */
  order?: { now: "ascending" | "descending" | "none"; turn: () => void };
}

export interface GridHandle {
  move: (by: number) => void;
  active: () => string | undefined;
}

export interface Choosing {
  chosen: ReadonlySet<string>;
  choose: (ids: readonly string[], on: boolean) => void;
  /** How a row's box is called. */
  name: (id: string) => string;
}

export type CellMaker = (key: string, content: ReactNode) => ReactNode;

interface Parts {
  label: string;
  columns: readonly Column[];
  ids: readonly string[];
  /** What stands above the row with an id, as a heading for it and those below. */
  headings?: ReadonlyMap<string, ReactNode>;
  /** The same function as long as a row looks the same. */
  row: (id: string, cell: CellMaker) => ReactNode;
  /** How high a row is where the page is wide, and where it is narrow. */
  heights?: readonly [wide: number, narrow: number];
  /** The last rows came into view. */
  atEnd: () => void;
  open: (id: string) => void;
  choosing?: Choosing | undefined;
  handle?: React.Ref<GridHandle>;
}

const HEADING = 52;
const NARROW = 600; // px of width at which a row is laid out as on a phone, in Grid.module.css too
const AHEAD = 20; // rows before the end at which more are read

interface Item {
  is: "heading" | "row";
  id: string;
}
const heading = (id: string): Item => ({ is: "heading", id });
const line = (id: string): Item => ({ is: "row", id });

/** A long table of which only the rows in view are drawn, to be walked through with the arrow keys. */
export function Grid(parts: Parts): ReactNode {
  const { label, columns, ids, headings, row, heights = [60, 60], atEnd, open, choosing, handle } = parts;
  const { t } = useTranslation();
  const [narrow, setNarrow] = useState(() => window.innerWidth <= NARROW);
  const height = heights[narrow ? 1 : 0];
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [active, setActive] = useState<string | undefined>(undefined);

  const items = useMemo(
    () => ids.flatMap((id) => (headings?.has(id) ? [heading(id), line(id)] : line(id))),
    [ids, headings],
  );
  const places = useMemo(
    () => new Map(items.flatMap((item, index) => (item.is === "row" ? [[item.id, index]] : []))),
    [items],
  );
  const here = active !== undefined && places.has(active) ? active : ids[0];

  // What stands above the table comes and goes, and the table moves with it.
  useLayoutEffect(() => {
    const measure = (): void => {
      const at = box.current?.getBoundingClientRect();
      if (at === undefined) return;
      setTop(Math.round(at.top + window.scrollY));
      setNarrow(at.width <= NARROW);
    };
    measure();
    const watching = new ResizeObserver(measure);
    watching.observe(document.body);
    const around = box.current?.parentElement;
    if (around) watching.observe(around);
    return () => watching.disconnect();
  }, []);

  const virtual = useWindowVirtualizer({
    count: items.length,
    estimateSize: (index) => (items[index]?.is === "heading" ? HEADING : height),
    getItemKey: (index) => `${items[index]?.is ?? ""} ${items[index]?.id ?? index}`,
    overscan: 12,
    scrollMargin: top,
    scrollPaddingStart: 110,
    scrollPaddingEnd: 20,
    // The row that has the focus stays, however far it is scrolled away.
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range);
      const own = here === undefined ? undefined : places.get(here);
      return own === undefined || shown.includes(own) ? shown : [...shown, own].sort((one, other) => one - other);
    },
  });
  useLayoutEffect(() => virtual.measure(), [virtual, height, headings, ids]);
  const shown = virtual.getVirtualItems();
  const last = virtual.range?.endIndex ?? 0;
  useEffect(() => {
    if (items.length > 0 && last >= items.length - AHEAD) atEnd();
  }, [atEnd, items.length, last]);

  const find = (id: string): HTMLElement | null =>
    box.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`) ?? null;
  const go = useCallback(
    (id: string | undefined): void => {
      if (id === undefined) return;
      setActive(id);
      const index = places.get(id);
      if (index !== undefined) virtual.scrollToIndex(index, { align: "auto" });
      requestAnimationFrame(() => find(id)?.focus({ preventScroll: true }));
    },
    [places, virtual],
  );
  const step = (by: number): void => {
    // The first press goes to the row that would be next: the one on which nobody stands yet.
    const standing = here !== undefined && find(here)?.contains(document.activeElement) === true;
    const from = here === undefined ? -1 : ids.indexOf(here);
    go(ids[Math.min(Math.max(0, standing || active !== undefined ? from + by : from), ids.length - 1)]);
  };
  useImperativeHandle(handle, () => ({ move: step, active: () => here }));

  // Whoever stands on a row that leaves stands on the one that takes its place.
  const before = useRef<{ ids: readonly string[]; focused: string | undefined }>({ ids, focused: undefined });
  useLayoutEffect(() => {
    const { ids: old, focused } = before.current;
    before.current.ids = ids;
    if (old === ids || focused === undefined || ids.includes(focused)) return;
    const heir = ids[Math.min(Math.max(0, old.indexOf(focused)), ids.length - 1)];
    before.current.focused = undefined;
    setActive(heir);
    if (document.activeElement === document.body || document.activeElement === null) go(heir);
  }, [ids, go]);

  const focused = useCallback((id: string) => {
    before.current.focused = id;
    setActive(id);
  }, []);
  const pressed = (event: KeyboardEvent<HTMLElement>, id: string): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const index = ids.indexOf(id);
    const steps: Partial<Record<string, number>> = {
      ArrowDown: Math.min(index + 1, ids.length - 1),
      ArrowUp: Math.max(index - 1, 0),
      Home: 0,
      End: ids.length - 1,
    };
    const to = steps[event.key];
    if (to !== undefined) {
      event.preventDefault();
      go(ids[to]);
    } else if (event.key === "Enter") open(id);
    else if (event.key === "x" && choosing) choosing.choose([id], !choosing.chosen.has(id));
  };

  // The same function for all rows and always, so that a row is drawn anew only when it is another one.
  const latest = useRef(pressed);
  useEffect(() => {
    latest.current = pressed;
  });
  const keys = useCallback((event: KeyboardEvent<HTMLElement>, id: string) => latest.current(event, id), []);

  const all = choosing && ids.length > 0 && ids.every((id) => choosing.chosen.has(id));
  const tracks = [...(choosing ? ["24px"] : []), ...columns.map((column) => column.width)].join(" ");
  return (
    <div
      ref={box}
      role="grid"
      aria-label={label}
      aria-rowcount={items.length + 1}
      aria-multiselectable={choosing ? true : undefined}
      className={styles.grid}
      style={{ "--tracks": tracks, "--row": `${height}px` } as React.CSSProperties}
    >
      <div role="rowgroup" className={[styles.top, choosing && styles.choosing].filter(Boolean).join(" ")}>
        <div role="row" aria-rowindex={1} className={styles.head}>
          {choosing && (
            <div role="columnheader" className={styles.cell} data-column="choose">
              <input
                type="checkbox"
                className={styles.box}
                aria-label={t("grid.chooseAll")}
                checked={all === true}
                ref={(box) => {
                  if (box) box.indeterminate = all !== true && choosing.chosen.size > 0;
                }}
                onChange={() => choosing.choose(all ? [...choosing.chosen] : ids, !all)}
              />
            </div>
          )}
          {columns.map(({ key, title, wideOnly, order }) => (
            <div
              key={key}
              role="columnheader"
              data-wide-only={wideOnly}
              data-column={key}
              className={styles.cell}
              aria-sort={order?.now}
            >
              {order ? (
                <UnstyledButton className={styles.order} onClick={order.turn}>
                  {title}
                  <span aria-hidden>{{ ascending: " ↑", descending: " ↓", none: " ↕" }[order.now]}</span>
                </UnstyledButton>
              ) : title === "" ? (
                <span className={styles.unseen}>{t("grid.doings")}</span>
              ) : (
                title
              )}
            </div>
          ))}
        </div>
      </div>
      <div
        role="rowgroup"
        className={[styles.body, choosing && styles.choosing].filter(Boolean).join(" ")}
        style={{ height: virtual.getTotalSize() }}
      >
        {shown.map(({ index, start }) => {
          const item = items[index];
          if (item === undefined) return null;
          if (item.is === "heading") {
            return (
              <div
                key={`heading ${item.id}`}
                role="row"
                aria-rowindex={index + 2}
                className={styles.heading}
                style={{ transform: `translateY(${start - top}px)` }}
              >
                <div role="gridcell" aria-colspan={columns.length}>
                  {headings?.get(item.id)}
                </div>
              </div>
            );
          }
          return (
            <Line
              key={item.id}
              id={item.id}
              index={index}
              start={start - top}
              here={item.id === here}
              columns={columns}
              row={row}
              chosen={choosing?.chosen.has(item.id)}
              choose={choosing?.choose}
              name={choosing?.name}
              focused={focused}
              keys={keys}
              open={open}
            />
          );
        })}
      </div>
    </div>
  );
}

interface LineParts {
  id: string;
  index: number;
  start: number;
  here: boolean;
  columns: readonly Column[];
  row: Parts["row"];
  chosen: boolean | undefined;
  choose: Choosing["choose"] | undefined;
  name: Choosing["name"] | undefined;
  focused: (id: string) => void;
  keys: (event: KeyboardEvent<HTMLElement>, id: string) => void;
  open: (id: string) => void;
}

const Line = memo(function Line({
  id,
  index,
  start,
  here,
  columns,
  row,
  chosen,
  choose,
  name,
  focused,
  keys,
  open,
}: LineParts): ReactNode {
  const { t } = useTranslation();
  const cell: CellMaker = (key, content) => {
    const column = columns.find((each) => each.key === key);
    return (
      <div key={key} role="gridcell" className={styles.cell} data-wide-only={column?.wideOnly} data-column={key}>
        {content}
      </div>
    );
  };
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen}
      data-row={id}
      tabIndex={here ? 0 : -1}
      className={styles.row}
      style={{ transform: `translateY(${start}px)` }}
      onFocus={() => focused(id)}
      onKeyDown={(event) => keys(event, id)}
      onDoubleClick={() => open(id)}
    >
      {choose &&
        cell(
          "choose",
          <input
            type="checkbox"
            className={styles.box}
            tabIndex={-1}
            aria-label={t("grid.choose", { name: name?.(id) ?? "" })}
            checked={chosen === true}
            onChange={(event) => choose([id], event.currentTarget.checked)}
          />,
        )}
      {row(id, cell)}
    </div>
  );
});
