// One phone: its caption, and whichever screen it shows.

import { el, icon } from "./build.js";
import { callScreen } from "./call_screen.js";
import { chatScreen } from "./chat_screen.js";
import { profileScreen } from "./profile_screen.js";
import { say } from "./speak.js";
import { clockTime, hue, initials, left, now } from "./words.js";

const PILLS = {
  none: ["Not asked", ""],
  temporary: ["Allowed", "yes"],
  permanent: ["Always", "yes"],
  declined: ["Declined", "no"],
  revoked: ["Revoked", "no"],
  expired: ["Expired", ""],
};
const OOPS_MILLISECONDS = 7000;

// By what the business knows this person, and why it may not reach them; the whole number shows on pointing at it.
function called(phone) {
  const name = phone.username ? `@${phone.username}` : phone.number;
  const known = phone.hides_phone ? `${name} · number hidden` : phone.number;
  if (!phone.on_whatsapp) return `Not on WhatsApp · ${known}`;
  return phone.online ? known : `No network · ${known}`;
}

export class PhoneView {
  constructor(wa_id, page) {
    this.wa_id = wa_id;
    this.page = page;
    this.sheet = false;
    this.chosen = null;
    this.opened = new Set();
    this.seen = null;
    this.drafted = "";
    this.element = el("article", { className: "phone", "data-phone": wa_id });
    this.pressed = false;
    this.late = false;
    this.element.addEventListener("pointerdown", () => {
      this.holdStill();
      this.look();
    });
    this.element.addEventListener("focusin", () => this.look());
  }

  // A button that is drawn anew while somebody presses it would not hear of it.
  holdStill() {
    this.pressed = true;
    const over = new AbortController();
    const { signal } = over;
    const letGo = () => setTimeout(() => { // after the click, which comes last
      over.abort();
      this.pressed = false;
      if (this.late) this.redraw();
    });
    this.element.addEventListener("click", () => { this.pressed = false; }, { capture: true, signal });
    addEventListener("pointerup", letGo, { signal });
    addEventListener("pointercancel", letGo, { signal });
    addEventListener("blur", letGo, { signal });
  }

  // Draw what is known, if it differs from what is drawn.
  show(phone) {
    const drawn = JSON.stringify(phone);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.phone = phone;
    this.redraw();
  }

  redraw() {
    this.late = this.pressed;
    if (this.late) return;
    const known = this.seen;
    this.seen = new Set(this.phone.messages.map((message) => message.id));
    this.isNew = (id) => known !== null && !known.has(id);
    const focused = this.element.contains(document.activeElement) ? document.activeElement : null;
    const key = focused?.dataset.key;
    const caret = focused?.tagName === "INPUT" ? focused.selectionStart : null;
    const chat = this.element.querySelector(".chat");
    const above = chat && chat.scrollHeight - chat.scrollTop - chat.clientHeight > 40 && !this.jump ? chat.scrollTop : null;
    this.jump = false;

    const { phone } = this;
    this.element.setAttribute("aria-label", `Phone of ${phone.name}`);
    const pair = this.pair();
    this.element.replaceChildren(this.caption(pair), el("div", { className: "frame" }, this.screen(pair)));
    if (this.oops) this.element.querySelector(".screen").append(el("p", { className: "oops", role: "alert" }, this.oops));

    const redrawn = this.element.querySelector(".chat");
    if (redrawn) redrawn.scrollTop = above ?? redrawn.scrollHeight;
    const again = key && this.element.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (again) {
      again.focus({ preventScroll: true });
      if (caret !== null) again.setSelectionRange(caret, caret);
    } else if (focused) {
      this.element.querySelector("[data-first]")?.focus({ preventScroll: true });
    }
  }

  // The business's number this phone's chat is with.
  pair() {
    const id = this.chosen ?? this.phone.phone_number_id;
    return this.phone.permissions.find((pair) => pair.phone_number_id === id) ?? this.phone.permissions[0];
  }

  caption(pair) {
    const { phone } = this;
    const [words, mood] = PILLS[pair?.status ?? "none"];
    const pill = el("span", { className: `pill ${mood}` }, words);
    if (pair?.status === "temporary") {
      pill.dataset.until = pair.expires_at;
      pill.dataset.before = "Allowed · ";
      pill.textContent = `Allowed · ${left(pair.expires_at - now())}`;
    }
    return el(
      "header",
      { className: "caption" },
      el("span", { className: "avatar customer", "aria-hidden": "true", style: { "--hue": hue(phone.wa_id) } }, initials(phone.name)),
      el("div", { className: "caption-text" }, el("h2", {}, phone.name), el("p", { title: phone.number }, called(phone))),
      pill,
    );
  }

  screen(pair) {
    const call = this.phone.calls.findLast((each) => each.ended_at === null);
    const dark = call !== undefined;
    const top = el(
      "div",
      { className: "top", "aria-hidden": "true" },
      el("span", { "data-clock": true }, clockTime(now())),
      icon("signal", 14),
    );
    let inside = [el("p", { className: "note" }, "There is no business number to talk to.")];
    if (call) inside = [callScreen(this, call)];
    else if (pair && this.sheet) inside = profileScreen(this, pair);
    else if (pair) inside = chatScreen(this, pair);
    return el("div", { className: dark ? "screen dark" : "screen" }, top, ...inside);
  }

  turnTo(sheet) {
    this.sheet = sheet;
    this.redraw();
    this.element.querySelector("[data-first]")?.focus({ preventScroll: true });
  }

  // Opening the chat is what makes messages read.
  look() {
    const pair = this.phone && this.pair();
    const unread = pair && this.phone.messages.some(
      (message) => message.status === "delivered" && message.phone_number_id === pair.phone_number_id,
    );
    if (unread && !this.sheet) this.press("look", { phone_number_id: pair.phone_number_id });
  }

  async press(deed, body = {}) {
    try {
      this.oops = null;
      const said = await say(`phones/${this.wa_id}/${deed}`, body);
      this.page.refresh();
      return said;
    } catch (error) {
      this.complain(error.message);
      return null;
    }
  }

  complain(sentence) {
    this.oops = sentence;
    this.redraw();
    clearTimeout(this.forgetting);
    this.forgetting = setTimeout(() => {
      this.oops = null;
      this.redraw();
    }, OOPS_MILLISECONDS);
  }
}
