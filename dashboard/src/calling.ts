import { stringifyDocument } from "@urql/core";

import { answerOf } from "./answers";
import { CallSteps, EndCall, OneCall, StartCall } from "./calling.graphql";
import type { Desk, Row } from "./desk";
import type { CallStatus, CallStepsSubscription } from "./gql/graphql";
import { Live } from "./ground/live";
import { Phone } from "./ground/phone";
import type { Refused } from "./parts/refusals";

type Steps = CallStepsSubscription["callChanged"];
export type Step = Steps["call"];
export type State =
  | { is: "warning" }
  | { is: "microphone" }
  | { is: "placing" }
  | { is: "under way"; call: Step }
  | { is: "without microphone"; why: string }
  | { is: "refused"; refusal: Refused }
  | { is: "failed"; why: string };

const OVER: readonly CallStatus[] = ["COMPLETED", "NO_ANSWER", "REJECTED", "CANCELLED", "FAILED"];

/** One call of ours: the browser's phone, the mutation that places it, and every step that is heard of it. */
export class Calling {
  readonly #watchers = new Set<() => void>();
  #state: State;
  #phone: Phone | null = null;
  #live: Live<Steps> | null = null;

  constructor(
    private readonly desk: Pick<Desk, "client" | "token">,
    readonly row: Row,
  ) {
    this.#state = { is: row.canCall.cautions.length > 0 ? "warning" : "microphone" };
  }

  get state(): State {
    return this.#state;
  }

  get over(): boolean {
    const state = this.#state;
    return state.is === "under way"
      ? OVER.includes(state.call.status)
      : !["warning", "microphone", "placing"].includes(state.is);
  }

  watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** Takes the microphone and rings; what becomes of it is the state. */
  async begin(): Promise<void> {
    const phone = new Phone();
    this.#phone = phone;
    this.#turn({ is: "microphone" });
    let sdpOffer: string;
    try {
      sdpOffer = await phone.offer();
    } catch (fault) {
      if (this.#phone === phone)
        this.#end({ is: "without microphone", why: fault instanceof Error ? fault.message : "" });
      return;
    }
    if (this.#phone !== phone) return; // closed meanwhile
    this.#turn({ is: "placing" });
    const ends = { customerId: this.row.customer.id, businessNumberId: this.row.businessNumber.id };
    const input = { ...ends, sdpOffer, idempotencyKey: crypto.randomUUID() };
    const answer = answerOf(await this.desk.client.mutation(StartCall, { input }).toPromise());
    if (answer.is === "done") await this.#follow(answer.done.call.id);
    else if (answer.is === "refused") this.#end(answer);
    else this.#end({ is: "failed", why: answer.why });
  }

  async hangUp(): Promise<void> {
    const state = this.#state;
    if (state.is !== "under way") return;
    const answer = answerOf(await this.desk.client.mutation(EndCall, { input: { callId: state.call.id } }).toPromise());
    if (answer.is === "done") this.#heard({ ...state.call, ...answer.done.call });
  }

  mute(muted: boolean): void {
    this.#phone?.mute(muted);
  }

  close(): void {
    this.#live?.close();
    this.#live = null;
    this.#phone?.close();
    this.#phone = null;
  }

  async #follow(id: string): Promise<void> {
    const { data } = await this.desk.client.query(OneCall, { id }).toPromise();
    if (data?.node?.__typename !== "Call") return;
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
    if (call.sdpAnswer) void this.#phone?.answer(call.sdpAnswer);
    if (OVER.includes(call.status)) this.#end({ is: "under way", call });
    else this.#turn({ is: "under way", call });
  }

  #end(state: State): void {
    this.close();
    this.#turn(state);
  }

  #turn(state: State): void {
    this.#state = state;
    this.#watchers.forEach((watcher) => watcher());
  }
}
