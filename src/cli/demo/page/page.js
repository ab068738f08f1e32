// The page: its phones, its third column, its language, and what the emulator tells it.

import { demo, events, look } from "./control.js";
import { make } from "./dom.js";
import { Phone } from "./phone.js";
import { Side } from "./side.js";
import { speak, words } from "./words.js";

class Page {
  constructor() {
    this.phones = new Map();
    this.chats = new Map();
    this.order = [];
    this.people = new Map();
    this.language = remembered() ?? (navigator.language.startsWith("km") ? "km" : "en");
    this.side = new Side(this);
    this.shown = "side";
    for (const button of document.querySelectorAll("#language button")) {
      button.addEventListener("click", () => this.speak(button.dataset.language));
    }
    document.getElementById("add").addEventListener("click", async () => {
      const added = await this.try(() => demo("phone", { language: this.language }));
      if (added) this.fresh = added.id;
    });
    this.speak(this.language);
    this.listen();
  }

  listen() {
    const stream = events();
    stream.addEventListener("open", () => this.banner(""));
    stream.addEventListener("error", () => this.banner(words(this.language).gone));
    stream.addEventListener("message", ({ data }) => this.news(JSON.parse(data)));
  }

  // Where things stand now; the first time all of it, then what is new.
  news(news) {
    if ("offset_ms" in news) this.side.clock(news.offset_ms);
    if ("faults" in news) this.side.faults(news.faults);
    if (news.note) {
      this.side.bot(news.note.bot);
      this.order = news.note.phones ?? [];
    }
    for (const [name, value] of Object.entries(news)) {
      const [kind, id] = name.split("/");
      if (kind === "chat") {
        this.chats.set(Number(id), value);
        this.phones.get(Number(id))?.refresh(value);
      }
      if (kind === "action") this.phones.get(Number(id))?.action(value, this.side.now());
    }
    if ("profile" in news) for (const phone of this.phones.values()) phone.refreshProfile();
    if ("people" in news || news.note) this.gather();
    if ("calls" in news) this.side.more(news.calls);
  }

  // The phones that the demo has, each with its person.
  async gather() {
    const { people } = await look("people");
    this.people = new Map(people.map((person) => [person.id, person]));
    for (const id of this.order) {
      const person = this.people.get(id);
      if (!person) continue;
      const known = this.phones.get(id);
      if (known) {
        if (JSON.stringify(known.person) !== JSON.stringify(person)) known.show(person);
        continue;
      }
      const phone = new Phone(person, this);
      this.phones.set(id, phone);
      document.getElementById("phones").append(phone.node);
      phone.refresh(this.chats.get(id) ?? 0);
    }
    this.tabs();
    if (this.shown === "side" && !this.chosen && this.order.length > 0) this.show(`phone-${this.order[0]}`);
    const fresh = this.phones.get(this.fresh);
    if (fresh) {
      this.fresh = undefined;
      this.choose(fresh.node.id);
    }
  }

  nameOf(id) {
    return this.people.get(id)?.first_name;
  }

  // On a narrow screen one thing at a time is shown.
  tabs() {
    const nav = document.querySelector("nav.tabs");
    const tab = (id, name) => {
      const button = make("button", "", name);
      button.dataset.panel = id;
      button.addEventListener("click", () => this.choose(id));
      return button;
    };
    const had = nav.contains(document.activeElement) ? document.activeElement.dataset.panel : undefined;
    nav.replaceChildren(
      ...[...this.phones.values()].map((phone) => tab(phone.node.id, phone.person.first_name)),
      tab("side", words(this.language).side_title),
    );
    this.show(this.shown);
    if (had) nav.querySelector(`[data-panel="${had}"]`)?.focus();
  }

  choose(id) {
    this.chosen = true;
    this.show(id);
    const panel = document.getElementById(id);
    panel.scrollIntoView({ inline: "nearest", block: "nearest" });
    if (!document.querySelector("nav.tabs").contains(document.activeElement)) panel.focus({ preventScroll: true });
  }

  show(id) {
    this.shown = id;
    for (const panel of document.querySelectorAll(".panel")) panel.classList.toggle("shown", panel.id === id);
    for (const button of document.querySelectorAll("nav.tabs button")) {
      if (button.dataset.panel === id) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  speak(language) {
    this.language = language;
    try {
      localStorage.setItem("language", language);
    } catch {
      // Where nothing may be kept, it is chosen again next time.
    }
    document.documentElement.lang = language;
    for (const part of document.querySelectorAll("header.top, nav.tabs, .side, #alert")) speak(part, language);
    document.querySelector("nav.tabs").setAttribute("aria-label", words(language).show);
    for (const button of document.querySelectorAll("#language button")) {
      button.setAttribute("aria-pressed", String(button.dataset.language === language));
    }
    this.side.speak();
    this.tabs();
  }

  banner(text) {
    document.getElementById("banner").textContent = text;
  }

  // A window with a button.
  alert(text, language) {
    const dialog = document.getElementById("alert");
    dialog.lang = language;
    speak(dialog, language);
    document.getElementById("alert-text").textContent = text;
    if (!dialog.open) dialog.showModal();
  }

  async try(something) {
    try {
      return await something();
    } catch (error) {
      this.alert(`${words(this.language).failed}: ${error.message}`, this.language);
      return undefined;
    }
  }
}

function remembered() {
  try {
    return localStorage.getItem("language") ?? undefined;
  } catch {
    return undefined;
  }
}

new Page();
