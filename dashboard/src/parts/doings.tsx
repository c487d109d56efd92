import { type ReactNode, Suspense, createContext, lazy, use, useEffect, useMemo, useState } from "react";

import { Calling } from "../calling";
import { RowNow } from "../calling.graphql";
import { type Row, useDesk } from "../desk";
import { ahead } from "../ground/late";
import { Incoming } from "./Incoming";
import { nameOf } from "./Buttons";
import { type Pretended, addressOfPhone } from "./phoneAddress";

const RequestDialog = lazy(ahead(() => import("./RequestDialog")));
const CallPanel = lazy(ahead(() => import("./CallPanel")));
const AddCustomer = lazy(ahead(() => import("./AddCustomer")));
const Import = lazy(ahead(() => import("./Import")));
const EditCustomer = lazy(ahead(() => import("./EditCustomer")));
const DeleteCustomer = lazy(ahead(() => import("./DeleteCustomer")));
const PhoneDock = lazy(ahead(() => import("./PhoneDock")));

const ROOM = "(min-width: 900px)"; // for a phone beside the page; where there is less it gets a window

/** What can be done to a customer from anywhere on the page. */
interface Doings {
  ask: (row: Row) => void;
  call: (row: Row) => void;
  add: () => void;
  bringIn: () => void;
  edit: (customerId: string) => void;
  remove: (row: Row) => void;
  /** Opens the customer's phone, where the business number is one of the sandbox. */
  showPhone: (row: Row) => void;
}

const Shared = createContext<Doings | null>(null);

export function useDoings(): Doings {
  const doings = use(Shared);
  if (doings === null) throw new Error("Nothing can be done outside of this.");
  return doings;
}

export function DoingsProvider({ children }: { children: ReactNode }): ReactNode {
  const [asking, setAsking] = useState<Row | null>(null);
  const desk = useDesk();
  const [calling, setCalling] = useState<Calling | null>(null);
  const [adding, setAdding] = useState(false);
  const [importing, setImporting] = useState(false);
  const [editing, setEditing] = useState<string | null>(null);
  const [removing, setRemoving] = useState<Row | null>(null);
  const [phone, setPhone] = useState<Pretended | null>(null);
  const doings = useMemo(
    () => ({
      ask: setAsking,
      call: (row: Row): void => {
        if (calling && !calling.over) return; // a call is not dropped because somebody presses the key for another one
        const next = new Calling(desk, row);
        setCalling(next);
        if (next.state.is === "microphone") void next.begin();
      },
      add: () => setAdding(true),
      bringIn: () => setImporting(true),
      edit: setEditing,
      remove: setRemoving,
      showPhone: (row: Row): void => {
        const { phone } = row.customer;
        if (phone === null) return;
        if (window.matchMedia(ROOM).matches) setPhone({ name: nameOf(row), phone });
        else window.open(addressOfPhone(phone), "maycall-phone");
      },
    }),
    [calling, desk],
  );
  // A call that goes on from before this page was loaded anew has lost its sound, and can still be hung up.
  useEffect(() => {
    let over = false;
    void Calling.found(desk).then((found) => {
      if (over) found?.close();
      else if (found) setCalling((now) => now ?? found);
    });
    return () => {
      over = true;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once: who is signed in stays the same meanwhile
  }, []);
  const closeCall = (): void => {
    calling?.close();
    setCalling(null);
  };
  // What speaks against the next call may be the end of this one, of which the rows hear a moment later.
  const again = async (): Promise<void> => {
    if (!calling) return;
    const { data } = await desk.client.query(RowNow, { id: calling.row.id }).toPromise();
    doings.call(data?.node?.__typename === "CallPermission" ? data.node : calling.row);
  };
  return (
    <Shared value={doings}>
      {children}
      <Incoming />
      <Suspense fallback={null}>
        {asking && <RequestDialog row={asking} close={() => setAsking(null)} />}
        {calling && <CallPanel calling={calling} close={closeCall} again={() => void again()} />}
        {adding && <AddCustomer close={() => setAdding(false)} />}
        {importing && <Import close={() => setImporting(false)} />}
        {editing !== null && <EditCustomer id={editing} close={() => setEditing(null)} />}
        {removing && <DeleteCustomer row={removing} close={() => setRemoving(null)} />}
        {phone && <PhoneDock key={phone.phone} of={phone} close={() => setPhone(null)} />}
      </Suspense>
    </Shared>
  );
}
