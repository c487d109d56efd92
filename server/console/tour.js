// The five-minute tour: each step's operation as it stands in the page, filled in, run, and its answer shown.

import { painted } from "./build.js";
import { run } from "./server.js";

const $ = (id) => document.getElementById(id);
const steps = [...$("steps").querySelectorAll("details")];
const edited = new WeakSet();
const known = { token: "", permission: null, callId: "the id that the step before gives", sdpOffer: "" };

const pair = () => ({ customerId: known.permission.customer.id, businessNumberId: known.permission.businessNumber.id });
const asking = () => ({ ...pair(), firstName: known.permission.customer.name?.split(" ")[0] ?? "there" });
const VARIABLES = {
  ask: asking,
  "ask-again": asking,
  call: () => ({ ...pair(), sdpOffer: known.sdpOffer }),
  "hang-up": () => ({ callId: known.callId }),
  "run-out": pair,
};

// What an agent's browser offers to the customer's phone. Where there is no WebRTC, one that was made earlier.
async function offer() {
  try {
    const connection = new RTCPeerConnection();
    connection.addTransceiver("audio");
    const { sdp } = await connection.createOffer();
    connection.close();
    return sdp;
  } catch {
    const fingerprint = Array.from({ length: 32 }, (_, place) => (place + 16).toString(16).toUpperCase()).join(":");
    return [
      "v=0", "o=- 4215775240449105457 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0",
      "m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 0.0.0.0", "a=rtcp:9 IN IP4 0.0.0.0", "a=ice-ufrag:mZ8x",
      "a=ice-pwd:7Yk0tVbq2mCwQ1sPzR5uDfXe", `a=fingerprint:sha-256 ${fingerprint}`, "a=setup:actpass", "a=mid:0",
      "a=sendrecv", "a=rtcp-mux", "a=rtpmap:111 opus/48000/2", "",
    ].join("\r\n");
  }
}

// Write what is known into the variables, but never over what the visitor wrote.
function fill() {
  for (const [id, variables] of Object.entries(VARIABLES)) {
    const box = $(id).querySelector(".variables");
    if (known.permission && !edited.has(box)) box.value = JSON.stringify(variables(), null, 2);
  }
}

function given(step) {
  const text = step.querySelector(".variables")?.value.trim();
  try {
    return text ? JSON.parse(text) : {};
  } catch (error) {
    throw new Error(`The variables are not JSON: ${error.message}`);
  }
}

async function take(step) {
  const [button, answer, note] = [".run", ".answer", ".said"].map((name) => step.querySelector(name));
  if (button.ariaDisabled) return;
  button.ariaDisabled = "true"; // not disabled, which would take the focus away
  note.textContent = "";
  try {
    const { status, milliseconds, said } = await run(known.token, step.querySelector(".operation").value, given(step));
    answer.replaceChildren(...painted(JSON.stringify(said, null, 2)));
    note.textContent = `${status} · ${milliseconds} ms`;
    step.classList.toggle("done", !said.errors);
    known.callId = said.data?.startCall?.call?.id ?? known.callId;
    fill();
  } catch (error) {
    answer.replaceChildren(error.message);
  }
  answer.scrollTop = 0;
  button.ariaDisabled = null;
}

for (const [place, step] of steps.entries()) {
  if (step.querySelector(".operation")) step.querySelector(".step").append($("running").content.cloneNode(true));
  const next = steps[place + 1];
  step.querySelector(".next").hidden = !next;
  step.querySelector(".next").addEventListener("click", () => {
    next.open = true;
    next.querySelector("summary").focus();
  });
  step.querySelector(".run")?.addEventListener("click", () => take(step));
  step.querySelector(".variables")?.addEventListener("input", (event) => edited.add(event.target));
  step.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches("textarea")) return;
    event.preventDefault();
    take(step);
  });
}

// The step that is taken on the phone is done when the customer has allowed calls.
export const allowed = () => $("answer").classList.add("done");

// Takes the tour with somebody: their ids go into the variables.
export async function meet(token, permission) {
  Object.assign(known, { token, permission });
  fill();
  known.sdpOffer ||= await offer();
  fill();
}
