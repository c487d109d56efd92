import { faultText } from "./answers";
import { type Wanted, bringsIn, endOf, fits, fitsAsNew, isNamed } from "./belonging";
import { type Change, type Desk, type Row, rowOf } from "./desk";
import { serverNow } from "./ground/clock";
import { Watched } from "./ground/watched";
import { Permissions } from "./permissions.graphql";

export const FIRST_PAGE = 50; // enough for any screen, and half of what a second one costs
const PAGE = 100;
const SOON = 700; // milliseconds: what asks for another reading often comes in crowds

export interface Listed {
  ids: readonly string[];
  cursor: string | null;
  more: boolean;
  loading: boolean;
  /** The server was asked once at least. */
  read: boolean;
  error: string | null;
  /** Rows have come, gone or moved that are not shown so yet. */
  stale: boolean;
  /** Rows that are still shown, and would not be if the list were read now. */
  left: ReadonlySet<string>;
}

const NOTHING: Listed = {
  ids: [],
  cursor: null,
  more: false,
  loading: true,
  read: false,
  error: null,
  stale: false,
  left: new Set(),
};

/**
 * Pages of permissions, kept as ids; the rows are the desk's. What changes is put where it belongs without asking again:
 * at once, or, where the list is to stay calm, when somebody says so.
 */
export class Listing extends Watched<Listed> {
  #wanted: Wanted | null = null;
  #shown: Wanted | null = null; // what the rows on the page were read for: other wishes take a while to come true
  #reading: (() => void) | null = null; // ends it
  #later: Change[] = []; // heard while a page was on its way, which may be older than that
  #soon: number | undefined;

  constructor(
    private readonly desk: Pick<Desk, "client" | "rows">,
    private readonly calm: boolean,
  ) {
    super(NOTHING);
  }

  /** Begins anew with other wishes; what is shown stays until the first page of it has come. */
  want(wanted: Wanted): void {
    this.#wanted = wanted;
    this.#read(null);
  }

  reload = (): void => this.#read(null);

  loadMore = (): void => {
    const { more, loading, cursor } = this.state;
    if (more && !loading && cursor !== null) this.#read(cursor);
  };

  /** Stops asking. */
  close(): void {
    this.#reading?.();
    this.#reading = null;
    clearTimeout(this.#soon);
    this.#soon = undefined;
  }

  heard = (changes: readonly Change[]): void => {
    if (this.#reading) this.#later.push(...changes);
    const wanted = this.#shown;
    if (!wanted) return;
    const touched = new Map<string, boolean>();
    let unknown = false;
    for (const change of changes) {
      const row = rowOf(change);
      if (row) touched.set(row.id, (touched.get(row.id) ?? false) || bringsIn(change, wanted));
      else if (change.kind === "CUSTOMER") unknown = this.#customer(change, wanted, touched) || unknown;
      else if (change.kind === "BUSINESS_NUMBER") unknown ||= change.node?.id === wanted.filter.businessNumberId;
    }
    this.#touch(touched);
    if (unknown) this.#outOfDate();
  };

  /** Rows were read again for a reason that nobody told of, such as the time. */
  reread = (rows: readonly Row[]): void => this.#touch(new Map(rows.map((row) => [row.id, true])));

  /** Notes which rows a change of a customer touches; tells whether there may be rows here that are not known. */
  #customer({ cause, node }: Change, { filter, backwards }: Wanted, touched: Map<string, boolean>): boolean {
    if (node?.__typename !== "Customer") return true; // deleted: nobody can say which rows they were
    const known = this.desk.rows.all().filter((row) => row.customer.id === node.id);
    for (const row of known) touched.set(row.id, cause !== "CREATED");
    if (cause !== "CREATED") {
      const byName = Boolean(filter.customerSearch) || Boolean(filter.customerTags);
      return known.length === 0 && byName && isNamed(node, filter);
    }
    const beyond = !backwards && this.state.more; // who is new comes last, with a later page
    return !beyond && fitsAsNew(node, filter) && !known.some((row) => this.state.ids.includes(row.id));
  }

  #touch(touched: ReadonlyMap<string, boolean>): void {
    let state = this.state;
    for (const [id, comes] of touched) state = this.#placed(state, id, comes);
    this.turn(state);
    if (state.stale && state.ids.length === 0) this.#outOfDate();
    if (!this.calm && state.more && !state.loading && state.ids.length < FIRST_PAGE / 2) this.#outOfDate();
  }

  #placed(state: Listed, id: string, comes: boolean): Listed {
    const row = this.desk.rows.get(id);
    if (!row || !this.#shown) return state;
    const here = state.ids.indexOf(id);
    if (!fits(row, this.#shown.filter, serverNow())) {
      if (here < 0 || state.left.has(id)) return state;
      if (this.calm) return { ...state, stale: true, left: new Set([...state.left, id]) };
      return { ...state, ids: state.ids.toSpliced(here, 1) };
    }
    if (here < 0 && !comes) return state;
    const left = state.left.has(id) ? new Set([...state.left].filter((each) => each !== id)) : state.left;
    const byEnd = this.#shown.orderBy === "EXPIRES_AT";
    if (!byEnd) return here < 0 ? { ...state, stale: true } : left === state.left ? state : { ...state, left };
    const end = endOf(row);
    if (
      here >= 0 &&
      this.#end(state.ids[here - 1], -Infinity) <= end &&
      end <= this.#end(state.ids[here + 1], Infinity)
    )
      return left === state.left ? state : { ...state, left };
    const others = here < 0 ? state.ids : state.ids.toSpliced(here, 1);
    const before = others.findIndex((each) => this.#end(each, Infinity) > end);
    const place = before < 0 ? others.length : before;
    const beyond = place === others.length && state.more; // it comes with a later page
    if (this.calm) return here < 0 && beyond ? state : { ...state, stale: true, left };
    return { ...state, ids: beyond ? others : others.toSpliced(place, 0, id) };
  }

  #end(id: string | undefined, otherwise: number): number {
    const row = id === undefined ? undefined : this.desk.rows.get(id);
    return row ? endOf(row) : otherwise;
  }

  #outOfDate(): void {
    // Where nothing is shown, nothing can jump away from under somebody's finger.
    if (this.calm && this.state.ids.length > 0) this.turn({ ...this.state, stale: true });
    else
      this.#soon ??= window.setTimeout(() => {
        this.#soon = undefined;
        this.#read(null);
      }, SOON);
  }

  #read(after: string | null): void {
    const wanted = this.#wanted;
    if (!wanted) return;
    const { filter, orderBy, backwards = false } = wanted;
    const size = after === null ? FIRST_PAGE : PAGE;
    const page = backwards ? { last: size, before: after } : { first: size, after };
    this.#reading?.();
    this.#reading = null;
    if (after === null) {
      clearTimeout(this.#soon);
      this.#soon = undefined;
    }
    this.#later = [];
    this.turn({ ...this.state, loading: true, error: null });
    const asked = this.desk.client.query(Permissions, { filter, orderBy, ...page });
    const reading = asked.subscribe(({ data, error }) => {
      this.#reading?.();
      this.#reading = null;
      if (!data) {
        this.turn({ ...this.state, loading: false, error: faultText(error) });
        return;
      }
      const { nodes, pageInfo } = data.callPermissions;
      const found: readonly Row[] = backwards ? nodes.toReversed() : nodes;
      this.desk.rows.put([...found, ...this.#later.flatMap((change) => rowOf(change) ?? [])]);
      const kept = after === null ? { ids: [], stale: false, left: new Set<string>() } : this.state;
      const known = new Set(kept.ids);
      this.#shown = wanted;
      this.turn({
        ids: [...kept.ids, ...found.map((row) => row.id).filter((id) => !known.has(id))],
        cursor: (backwards ? pageInfo.startCursor : pageInfo.endCursor) ?? null,
        more: backwards ? pageInfo.hasPreviousPage : pageInfo.hasNextPage,
        loading: false,
        read: true,
        error: null,
        stale: kept.stale,
        left: kept.left,
      });
      this.heard(this.#later);
    });
    this.#reading = () => reading.unsubscribe();
  }
}
