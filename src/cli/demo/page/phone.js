// A phone: one person's chat with the bot.
//
// Guarantees that what the emulator holds is what is shown, however many changes were joined on the way; that whoever goes
// by keyboard keeps their place when a message is drawn anew; and that nothing is sent twice by one press.

import { act, look } from "./control.js";
import { make, menu } from "./dom.js";
import { bubble } from "./message.js";
import { Composer } from "./composer.js";
import { day as dayOf, time } from "./when.js";
import { speak, words } from "./words.js";

const NEWEST = 150;
const ACTIONS = { typing: "typing", upload_document: "uploading", upload_photo: "uploading", upload_voice: "uploading" };

export class Phone {
  constructor(person, page) {
    this.person = person;
    this.page = page;
    this.seen = -1;
    this.drawn = new Map();
    this.messages = new Map();
    this.presses = new Map();
    this.node = document.getElementById("phone").content.cloneNode(true).firstElementChild;
    this.node.id = `phone-${person.id}`;
    this.find = (selector) => this.node.querySelector(selector);
    this.log = this.find(".log");
    this.composer = new Composer(this);
    this.atEnd = true;
    this.log.addEventListener("scroll", () => (this.atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80));
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(this.log);
    menu(this.find(".options"), this.find(".settings"));
    menu(this.find(".commands"), this.find(".command-list"));
    this.find(".begin").addEventListener("click", () => this.try(() => act("start", { from: this.id })).then(() => this.find("textarea").focus()));
    this.find(".language").addEventListener("change", (event) => this.try(() => act("user", { id: this.id, language_code: event.target.value })));
    this.find(".block").addEventListener("click", () => this.try(() => act("block", { from: this.id, blocked: !this.person.blocked })));
    this.find(".unblock").addEventListener("click", () => this.try(() => act("block", { from: this.id, blocked: false })));
    this.show(person);
  }

  get id() {
    return this.person.id;
  }

  get language() {
    return (this.person.language_code ?? "en").split("-")[0];
  }

  // What it shows of its person, and in which language.
  show(person) {
    const spoke = this.node.lang;
    this.person = person;
    this.node.lang = this.language;
    const said = words(this.language);
    if (spoke !== this.language) {
      speak(this.node, this.language);
      this.drawn.clear();
      this.log.replaceChildren();
      this.atEnd = true;
      if (this.chat) this.draw(this.chat);
    }
    this.find(".owner").textContent = person.first_name;
    this.node.setAttribute("aria-label", person.first_name);
    this.find(".language").value = this.language;
    this.find(".block").textContent = person.blocked ? said.unblock : said.block;
    this.find(".unblock").hidden = !person.blocked;
    this.composer.allow(!person.blocked);
    this.say();
    this.refreshProfile();
  }

  // The line below the name.
  say() {
    const said = words(this.language);
    const busy = this.busy && ACTIONS[this.busy];
    this.find(".status").textContent = this.person.blocked ? said.blocked : busy ? said[busy] : said.bot_is;
    this.find(".status").classList.toggle("busy", Boolean(busy));
  }

  // What the bot is doing shows for as long as Telegram says.
  action({ action, until_ms: until }, now) {
    clearTimeout(this.idle);
    this.busy = until > now ? action : undefined;
    this.idle = setTimeout(() => ((this.busy = undefined), this.say()), Math.max(0, until - now));
    this.say();
  }

  async refreshProfile() {
    const [profile, { commands }] = await Promise.all([look("profile", { language: this.language }), look(`commands/${this.id}`)]);
    this.profile = profile;
    this.find(".bot-name").textContent = profile.name;
    this.find(".description").textContent = profile.description;
    const list = this.find(".command-list");
    list.replaceChildren(
      ...commands.map(({ command, description }) => {
        const button = make("button", "command", make("span", "name", `/${command}`), make("span", "", description));
        button.addEventListener("click", () => this.send(`/${command}`));
        return button;
      }),
    );
    this.find(".commands").hidden = commands.length === 0;
  }

  // Looks once more if something is new; looks that come meanwhile are joined.
  async refresh(event) {
    this.wanted = Math.max(this.wanted ?? 0, event);
    if (this.looking) return;
    this.looking = true;
    try {
      while (this.seen < this.wanted) {
        const chat = await look(`chat/${this.id}`, { newest: NEWEST });
        this.seen = chat.event;
        this.draw(chat);
      }
    } finally {
      this.looking = false;
    }
  }

  draw(chat) {
    const first = this.chat === undefined;
    this.chat = chat;
    const { atEnd } = this;
    const there = chat.messages.filter((message) => !message.deleted);
    this.messages = new Map(there.map((message) => [message.id, message]));
    const focus = this.focused();
    for (const [id, { node }] of this.drawn) {
      if (!this.messages.has(id)) {
        node.remove();
        this.drawn.delete(id);
      }
    }
    let day;
    let grew = false;
    let previous;
    for (const message of there) {
      const known = this.drawn.get(message.id);
      if (known?.event !== message.event) {
        const node = bubble(message, this.context());
        if (known) known.node.replaceWith(node);
        else if (previous) previous.after(node);
        else this.log.prepend(node);
        this.drawn.set(message.id, { event: message.event, node });
        grew ||= !known;
      }
      const { node } = this.drawn.get(message.id);
      const name = dayOf(this.language, new Date(message.date * 1000));
      if (name === day) delete node.dataset.day;
      else node.dataset.day = name;
      day = name;
      previous = node;
    }
    this.find(".empty").hidden = there.length > 0;
    this.log.hidden = there.length === 0;
    this.keys(chat.keyboard);
    this.toast(chat.toast, first);
    if (!chat.action) this.busy = undefined;
    this.say();
    this.refocus(focus);
    if (atEnd || first || grew) this.toEnd();
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.atEnd = true;
  }

  // What a message needs to know of the phone that it is on.
  context() {
    return {
      language: this.language,
      bot: this.profile?.name ?? "Samleng",
      time: (date) => time(this.language, new Date(date * 1000)),
      excerpt: (id) => this.excerpt(this.messages.get(id)),
      show: (id) => this.drawn.get(id)?.node.scrollIntoView({ block: "center" }),
      send: (text) => this.send(text),
      open: (address) => this.try(() => act("start", { from: this.id, link: address })),
      press: (message, button, key) => this.press(message, button, key),
      more: (message, button) => this.more(message, button),
    };
  }

  excerpt(message) {
    const said = words(this.language);
    const named = { photo: said.picture, voice: said.voice_note, document: said.file };
    return message ? (message.text || named[message.kind] || "…").slice(0, 90) : "…";
  }

  send(text, more = {}) {
    return this.try(() => act("send", { from: this.id, text, ...more }));
  }

  async press(message, button, key) {
    if (key.ariaBusy === "true") return;
    key.ariaBusy = "true";
    const done = await this.try(() => act("press", { from: this.id, message_id: message.id, data: button.data }));
    // The answer may have been there before this one.
    if (done && done.callback_query_id > (this.answered ?? "")) this.presses.set(done.callback_query_id, key);
    else key.ariaBusy = "false";
  }

  // The answer to a press ends its waiting; words in it are shown.
  toast(toast, first) {
    if (!toast || toast.callback_query_id === this.answered) return;
    this.answered = toast.callback_query_id;
    for (const [id, key] of this.presses) {
      if (id <= toast.callback_query_id) {
        key.ariaBusy = "false";
        this.presses.delete(id);
      }
    }
    if (first) return;
    if (toast.url) this.context().open(toast.url);
    if (toast.text && toast.alert) this.page.alert(toast.text, this.language);
    else if (toast.text) this.tell(toast.text);
  }

  tell(text) {
    const node = this.find(".toast");
    node.textContent = text;
    node.classList.add("on");
    clearTimeout(this.told);
    this.told = setTimeout(() => node.classList.remove("on"), 6000);
  }

  // The reply keyboard, while there is one.
  keys(rows) {
    const node = this.find(".keys");
    node.hidden = !rows;
    const label = (button) => button.text ?? button;
    const press = (button) => () => this.try(() => act("press", { from: this.id, label: label(button) }));
    node.replaceChildren(
      ...(rows ?? []).map((row) =>
        make("div", "keys-row", ...row.map((button) => {
          const key = make("button", "key", label(button));
          key.addEventListener("click", press(button));
          return key;
        })),
      ),
    );
  }

  // What can be done with a message.
  more(message, button) {
    this.choices?.remove();
    if (this.choicesOf === button) {
      this.choicesOf = undefined;
      return;
    }
    const said = words(this.language);
    const choice = (name, does) => {
      const node = make("button", "", said[name]);
      node.addEventListener("click", does);
      return node;
    };
    const list = make("div", "menu choices", choice("reply", () => this.composer.reply(message)));
    if (!message.from_bot) {
      if (message.text) list.append(choice("edit", () => this.composer.edit(message)));
      list.append(choice("delete", () => this.try(() => act("delete", { chat: this.id, message_id: message.id })).then(() => this.find("textarea").focus())));
    }
    // Taking it away takes the focus from it, which would take it away once more.
    let open = true;
    const close = (back) => {
      if (!open) return;
      open = false;
      list.remove();
      button.setAttribute("aria-expanded", "false");
      if (this.choicesOf === button) this.choicesOf = undefined;
      if (back) button.focus();
    };
    list.addEventListener("keydown", (event) => event.key === "Escape" && close(true));
    list.addEventListener("click", () => close(false));
    list.addEventListener("focusout", (event) => {
      if (!list.contains(event.relatedTarget) && event.relatedTarget !== button) close(false);
    });
    button.setAttribute("aria-expanded", "true");
    button.after(list);
    this.choices = list;
    this.choicesOf = button;
    list.querySelector("button").focus();
    list.scrollIntoView({ block: "nearest" });
  }

  // Where the focus is, if it is in a message: which one, and which of its buttons.
  focused() {
    const active = document.activeElement;
    const message = active?.closest?.(".message");
    if (!message || !this.log.contains(message)) return undefined;
    const all = [...message.querySelectorAll(".key")];
    return { id: Number(message.dataset.id), key: all.indexOf(active), label: active.textContent, active };
  }

  // Puts it back: on the same button, on the first of those that came in its place, else on the chat; and from there to the
  // buttons that come next.
  refocus(focus) {
    if (focus && !focus.active.isConnected) {
      const node = this.drawn.get(focus.id)?.node;
      const keys = [...(node?.querySelectorAll(".key") ?? [])];
      const same = keys.find((key) => key.textContent === focus.label);
      const to = focus.key < 0 ? node?.querySelector(".more") : (same ?? keys[0]);
      this.waits = !to;
      (to ?? this.log).focus({ preventScroll: true });
    } else if (this.waits) {
      if (document.activeElement === this.log) {
        const last = [...this.drawn.values()].at(-1)?.node.querySelector(".key");
        last?.focus({ preventScroll: true });
        this.waits = !last;
      } else {
        this.waits = false;
      }
    }
  }

  // Does something; a refusal is told on the phone.
  async try(something) {
    try {
      return await something();
    } catch (error) {
      this.tell(`${words(this.language).failed}: ${error.message}`);
      return undefined;
    }
  }
}
