import { stringifyDocument } from "@urql/core";

import { answerOf, faultText } from "./answers";
import { CallSteps, EndCall, OneCall, RowNow, RunningCall, StartCall } from "./calling.graphql";
import type { Desk, Row } from "./desk";
import type { CallStatus, CallStepsSubscription } from "./gql/graphql";
import type { Devices } from "./ground/devices";
import { Live } from "./ground/live";
import { type Lack, type Levels, NoMicrophone, Phone, type Sound } from "./ground/phone";
import { Watched } from "./ground/watched";
import type { Refused } from "./parts/refusals";

type Steps = CallStepsSubscription["callChanged"];
export type Step = Steps["call"];
export type State =
  | { is: "warning" }
  | { is: "microphone" }
  | { is: "placing"; hangingUp: boolean }
  | UnderWay
  | { is: "over"; call: Step; soundLost: boolean }
  | { is: "without microphone"; lack: Lack; why: string }
  | { is: "refused"; refusal: Refused }
  | { is: "failed"; why: string };

/** A call that goes on. `sound` is null where it was placed before this page was loaded: only hanging up is left. */
export interface UnderWay {
  is: "under way";
  call: Step;
  sound: Sound | null;
  muted: boolean;
  /** The microphone went amid the call: the customer does not hear the agent, who still hears them. */
  unheard: boolean;
  hangingUp: boolean;
  /** Why it could not be hung up. */
  trouble: Refused | string | null;
}

type Needed = Pick<Desk, "client" | "token">;

const OVER: readonly CallStatus[] = ["COMPLETED", "NO_ANSWER", "REJECTED", "CANCELLED", "FAILED"];
const KEPT_AS = "maycall.call";
const PLACING_AS = "maycall.placing"; // the permission by which somebody is rung whose call has no name yet
const PLACED_WITHIN_MS = [0, 1000, 3000]; // for so long the server may still be about it
const TRIES = 3;
const CONNECTS_WITHIN_MS = 20_000; // for so long WhatsApp waits for a sound before it ends a call
const GRACE_MS = 2000; // the news that the other end has hung up may come after its sound has ended

/** One call of ours: the browser's phone, the mutation that places it, and every step that is heard of it. */
export class Calling extends Watched<State> {
  #phone: Phone | null = null;
  #live: Live<Steps> | null = null;
  #leaving: AbortController | null = null;
  #sound: Sound | null = null;
  #soundLost = false;
  #pickedUp = false;
  #muted = false;
  #unheard = false;
  #unwanted = false; // it is to end, as soon as there is something to end
  #ending = false;

  constructor(
    private readonly desk: Needed,
    readonly row: Row,
  ) {
    super({ is: row.canCall.cautions.length > 0 ? "warning" : "microphone" });
  }

  /** Finds the call that this tab was in before it was loaded anew, if it still goes on. */
  static async found(desk: Needed): Promise<Calling | null> {
    const id = sessionStorage.getItem(KEPT_AS);
    if (id === null) return Calling.#foundPlacing(desk);
    const { data } = await desk.client.query(RunningCall, { id }).toPromise();
    if (data?.node?.__typename !== "Call") return null;
    if (OVER.includes(data.node.status)) {
      sessionStorage.removeItem(KEPT_AS);
      return null;
    }
    const calling = new Calling(desk, data.node.callPermission);
    await calling.#follow(id);
    return calling;
  }

  /** Finds the call that was only being placed when the page went, and ends it: nobody is there any more who would talk. */
  static async #foundPlacing(desk: Needed): Promise<Calling | null> {
    const id = sessionStorage.getItem(PLACING_AS);
    if (id === null) return null;
    for (const pause of PLACED_WITHIN_MS) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      const { data } = await desk.client.query(RowNow, { id }).toPromise();
      if (data?.node?.__typename !== "CallPermission") continue;
      const { latestCall } = data.node;
      if (!latestCall || latestCall.direction === "USER_INITIATED" || OVER.includes(latestCall.status)) continue;
      const calling = new Calling(desk, data.node);
      calling.#unwanted = true;
      await calling.#follow(latestCall.id);
      return calling;
    }
    sessionStorage.removeItem(PLACING_AS);
    return null;
  }

  get over(): boolean {
    return !["warning", "microphone", "placing", "under way"].includes(this.state.is);
  }

  get levels(): Levels {
    return this.#phone?.levels ?? { own: 0, other: 0 };
  }

  /** Takes the microphone and rings; what becomes of it is the state. */
  async begin(): Promise<void> {
    const phone = new Phone(
      (sound) => this.#sounds(sound),
      (missing) => {
        this.#unheard = missing;
        this.#again();
      },
    );
    this.#phone = phone;
    this.#sound = "connecting";
    this.turn({ is: "microphone" });
    let sdpOffer: string;
    try {
      sdpOffer = await phone.offer();
    } catch (fault) {
      const { lack, message } = fault instanceof NoMicrophone ? fault : new NoMicrophone("unknown", String(fault));
      if (this.#phone === phone) this.#end({ is: "without microphone", lack, why: message });
      return;
    }
    if (this.#phone !== phone) return; // closed meanwhile
    this.turn({ is: "placing", hangingUp: false });
    this.#mindLeaving();
    await this.#place(sdpOffer);
  }

  async #place(sdpOffer: string): Promise<void> {
    const ends = { customerId: this.row.customer.id, businessNumberId: this.row.businessNumber.id };
    const input = { ...ends, sdpOffer, idempotencyKey: crypto.randomUUID() };
    sessionStorage.setItem(PLACING_AS, this.row.id);
    for (let tried = 1; ; tried++) {
      const result = await this.desk.client.mutation(StartCall, { input }).toPromise();
      // A lost answer may belong to a phone that rings: the same key finds that out, and rings nobody twice.
      if (result.error?.networkError && tried < TRIES) {
        await new Promise((resolve) => setTimeout(resolve, 500 * tried));
        continue;
      }
      const answer = answerOf(result);
      if (answer.is === "refused") sessionStorage.removeItem(PLACING_AS);
      if (answer.is === "done") await this.#follow(answer.done.call.id);
      else if (answer.is === "refused") this.#end(answer);
      else this.#end({ is: "failed", why: answer.why });
      return;
    }
  }

  /** Ends the call, also one that is only being placed. The microphone is given back at once. */
  hangUp(): void {
    const state = this.state;
    this.#unwanted = true;
    this.#hush();
    if (state.is === "placing") this.turn({ ...state, hangingUp: true });
    if (state.is === "under way") void this.#endCall(state.call);
  }

  mute(muted: boolean): void {
    this.#muted = muted;
    this.#phone?.mute(muted);
    this.#again();
  }

  async choose(kind: keyof Devices, id: string): Promise<void> {
    await this.#phone?.choose(kind, id);
  }

  /** Lets go of everything; a call that goes on is not ended by it. */
  close(): void {
    this.#live?.close();
    this.#live = null;
    this.#leaving?.abort();
    this.#hush();
  }

  #hush(): void {
    this.#phone?.close();
    this.#phone = null;
  }

  async #endCall(call: Step): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    this.#goesOn(call);
    const answer = answerOf(await this.desk.client.mutation(EndCall, { input: { callId: call.id } }).toPromise());
    this.#ending = false;
    if (answer.is === "done") this.#heard(answer.done.call);
    else if (answer.is === "refused" && answer.refusal.code === "CALL_ALREADY_ENDED") await this.#follow(call.id);
    else if (!this.over) this.#goesOn(call, answer.is === "refused" ? answer.refusal : answer.why);
  }

  async #follow(id: string): Promise<void> {
    sessionStorage.setItem(KEPT_AS, id);
    sessionStorage.removeItem(PLACING_AS);
    this.#mindLeaving();
    const { data, error } = await this.desk.client.query(OneCall, { id }).toPromise();
    if (this.#leaving?.signal.aborted) return; // closed meanwhile
    if (error?.networkError) {
      setTimeout(() => void this.#follow(id), 1000); // it rings all the same, and has to be hung up from here
      return;
    }
    if (data?.node?.__typename !== "Call") {
      this.#end({ is: "failed", why: faultText(error) });
      return;
    }
    this.#heard(data.node);
    if (this.over) return;
    this.#live?.close();
    this.#live = new Live<Steps>(`${location.origin.replace(/^http/, "ws")}/graphql`, this.desk.token, {
      news: (steps) => steps.forEach((step) => this.#heard(step.call)),
      gap: () => void this.#follow(id),
      out: () => undefined, // the line of the whole page hears the same
    });
    this.#live.follow({ query: stringifyDocument(CallSteps), variables: { after: data.changeCursor, ids: [id] } });
  }

  #heard(call: Step): void {
    if (this.over) return; // a step that was on its way
    if (OVER.includes(call.status)) {
      sessionStorage.removeItem(KEPT_AS);
      this.#end({ is: "over", call, soundLost: this.#soundLost });
      return;
    }
    if (call.status === "IN_PROGRESS" && !this.#pickedUp) {
      this.#pickedUp = true;
      setTimeout(() => this.#sound === "connecting" && this.#sounds("lost"), CONNECTS_WITHIN_MS);
    }
    if (call.sdpAnswer) void this.#phone?.answer(call.sdpAnswer).catch(() => this.#sounds("lost"));
    this.#goesOn(call);
    if (this.#unwanted) void this.#endCall(call);
  }

  #sounds(sound: Sound): void {
    this.#sound = sound;
    this.#again();
    if (sound !== "lost") return;
    setTimeout(() => {
      if (this.over || this.#unwanted) return;
      this.#soundLost = true;
      this.hangUp();
    }, GRACE_MS);
  }

  /** Asks before the page is left amid a call, and ends it with the page: nobody would hear the customer any more. */
  #mindLeaving(): void {
    if (this.#leaving) return;
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    window.addEventListener("beforeunload", (event) => event.preventDefault(), { signal });
    window.addEventListener(
      "pagehide",
      () => {
        if (this.state.is !== "under way") return;
        const input = { callId: this.state.call.id };
        void fetch("/graphql", {
          method: "POST",
          keepalive: true,
          headers: {
            Authorization: `Bearer ${this.desk.token}`,
            Accept: "application/graphql-response+json",
            "Content-Type": "application/json",
          },
          body: JSON.stringify({ query: stringifyDocument(EndCall), variables: { input } }),
        });
      },
      { signal },
    );
  }

  #goesOn(call: Step, trouble: Refused | string | null = null): void {
    const hangingUp = this.#unwanted && trouble === null;
    const own = { sound: this.#sound, muted: this.#muted, unheard: this.#unheard };
    this.turn({ is: "under way", call, ...own, hangingUp, trouble });
  }

  #again(): void {
    const state = this.state;
    if (state.is === "under way") this.#goesOn(state.call, state.trouble);
  }

  #end(state: State): void {
    this.close();
    this.turn(state);
  }
}
