// The third column: what the bot called, and what can be done to it.
//
// Guarantees that what was refused stands there with the server's exact words; holds the newest calls only.

import { act, demo, look } from "./control.js";
import { make } from "./dom.js";
import { digits, moment } from "./when.js";
import { words } from "./words.js";

const MOST = 250;
const FAULTS = ["429", "500", "502", "html", "reset", "hang", "drop_reply", "bad_json", "cut_body", "slow"];

export class Side {
  constructor(page) {
    this.page = page;
    this.calls = [];
    this.last = undefined;
    this.cleared = 0;
    this.find = (id) => document.getElementById(id);
    this.offset = 0;
    this.waiting = [];
    this.find("kill").addEventListener("click", () => this.order("kill"));
    this.find("start").addEventListener("click", () => this.order("start"));
    for (const button of document.querySelectorAll("#time [data-hours]")) {
      button.addEventListener("click", () => this.forward(Number(button.dataset.hours)));
    }
    this.find("time").addEventListener("submit", (event) => {
      event.preventDefault();
      this.forward(this.find("hours").valueAsNumber);
    });
    this.find("fault").addEventListener("submit", (event) => {
      event.preventDefault();
      this.fault();
    });
    this.find("fault-clear").addEventListener("click", () => this.page.try(() => act("fault", { clear: true })));
    this.find("refused").addEventListener("change", () => this.draw());
    this.find("calls-clear").addEventListener("click", () => {
      this.cleared = this.last ?? 0;
      this.draw();
    });
    setInterval(() => this.clock(), 1000);
  }

  order(what) {
    this.page.try(() => demo("bot", { do: what }));
  }

  forward(hours) {
    if (hours > 0) this.page.try(() => act("time", { forward_seconds: hours * 3600 }));
  }

  fault() {
    const method = this.find("fault-method").value;
    const fields = { kind: this.find("fault-kind").value, count: Number(this.find("fault-count").value) };
    if (method) fields.method = method;
    if (fields.kind === "429") fields.retry_after = 5;
    if (fields.kind === "slow") fields.delay_seconds = 10;
    this.page.try(() => act("fault", fields));
  }

  // In another language.
  speak() {
    const said = words(this.page.language);
    const kind = this.find("fault-kind");
    const chosen = kind.value;
    kind.replaceChildren(
      ...FAULTS.map((name) => {
        const option = make("option", "", said[`f${name}`]);
        option.value = name;
        return option;
      }),
    );
    kind.value = chosen || FAULTS[0];
    for (const call of this.calls) call.node = undefined;
    this.faults(this.waiting);
    this.clock();
    this.bot(this.state);
    this.draw();
  }

  // The bot's process, as the demo sees it.
  bot(state) {
    this.state = state;
    if (!state) return;
    const said = words(this.page.language);
    const node = this.find("bot-state");
    node.textContent = said[state.is];
    node.className = state.is;
    this.find("bot-why").textContent = state.why ?? "";
    this.find("bot-why").hidden = !state.why;
    const runs = state.is === "running";
    // Not disabled: the focus would be lost.
    this.find("kill").ariaDisabled = String(!runs);
    this.find("start").ariaDisabled = String(runs);
  }

  faults(waiting) {
    this.waiting = waiting;
    const said = words(this.page.language);
    const shown = waiting.map(({ kind, method, count }) => {
      const often = count < 0 ? said.always : `${count} ${said.left}`;
      return `${said[`f${kind}`] ?? kind} · ${method ?? said.any_call} · ${often}`;
    });
    const node = this.find("faults");
    node.textContent = shown.join("\n") || said.no_faults;
    node.classList.toggle("some", shown.length > 0);
  }

  // The emulator's clock, by which everything here lives.
  clock(offset = this.offset) {
    this.offset = offset;
    const said = words(this.page.language);
    const now = new Date(this.now());
    const hours = Math.round(offset / 360_000) / 10;
    const moved = hours > 0 ? `${said.moved} ${digits(this.page.language, hours)} ${said.h}` : "";
    const shown = moment(this.page.language, now);
    if (this.find("clock").textContent !== shown) this.find("clock").textContent = shown;
    this.find("moved").textContent = moved;
  }

  now() {
    return Date.now() + this.offset;
  }

  // Reads calls up to this one; those that come meanwhile are read with them.
  async more(last) {
    this.wanted = last;
    if (this.reading) return;
    this.reading = true;
    try {
      this.last ??= Math.max(0, last - MOST);
      while (this.last < this.wanted) {
        const { calls, last: read } = await look("calls", { after: this.last, limit: MOST });
        this.last = read;
        // A poll that brought nothing says nothing.
        const said = calls.filter((call) => !(call.method === "getUpdates" && call.ok && call.result.length === 0));
        this.calls = [...said.reverse(), ...this.calls].slice(0, MOST);
      }
      this.draw();
    } finally {
      this.reading = false;
    }
  }

  draw() {
    const said = words(this.page.language);
    const only = this.find("refused").checked;
    const shown = this.calls.filter((call) => call.seq > this.cleared && (!only || !call.ok));
    for (const call of shown) call.node ??= this.line(call, said);
    const nodes = shown.map((call) => call.node);
    const list = this.find("calls");
    if (nodes.length === 0) {
      list.replaceChildren(make("p", "none", only ? said.no_refused : said.no_calls));
      return;
    }
    // What stays is not touched, so that what was opened stays open and keeps the focus.
    const wanted = new Set(nodes);
    for (const node of [...list.children]) if (!wanted.has(node)) node.remove();
    let before;
    for (const node of nodes) {
      const place = before ? before.nextSibling : list.firstChild;
      if (place !== node) list.insertBefore(node, place);
      before = node;
    }
  }

  line(call, said) {
    const at = new Date(call.at_ms).toTimeString().slice(0, 8);
    const head = make("summary", "", make("span", "at", at), " ", make("span", "method", call.method));
    const to = call.chat_id && (this.page.nameOf(call.chat_id) ?? String(call.chat_id));
    if (to) head.append(" ", make("span", "to", `→ ${to}`));
    if (call.fault) head.append(" ", make("span", "met", `${said.fault}: ${call.fault}`));
    if (call.ok) {
      const words = call.params?.text ?? call.params?.caption;
      if (words) head.append(make("span", "gist", String(words).replace(/<[^>]*>/g, "").slice(0, 90)));
    } else {
      const { error_code: code, description } = call.error;
      head.append(make("span", "error", `${said.refused}: ${code} ${description}`));
    }
    const node = make("details", call.ok ? "call" : "call bad", head);
    node.dataset.seq = call.seq;
    node.addEventListener("toggle", () => {
      if (node.open && node.children.length === 1) {
        const { params, result, error } = call;
        const whole = JSON.stringify(call.ok ? { params, result } : { params, error }, null, 1);
        node.append(make("pre", "", whole.length > 20_000 ? `${whole.slice(0, 20_000)}…` : whole));
      }
    });
    return node;
  }
}
