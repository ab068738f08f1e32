// Where a person writes: text, files, voice notes, edits, replies.
//
// Guarantees that what was typed stays until it was taken.

import { act } from "./control.js";
import { menu } from "./dom.js";
import { length } from "./message.js";
import { record } from "./voice.js";
import { words } from "./words.js";

// As Telegram's apps send a photo.
const LONGEST_SIDE = 1280;
// The control API takes 128 MiB, and base64 makes four bytes of three.
const LARGEST = 90 << 20;

export class Composer {
  constructor(phone) {
    this.phone = phone;
    this.find = phone.find;
    this.text = this.find("textarea");
    menu(this.find(".attach"), this.find(".attach-list"));
    this.find("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.text.addEventListener("input", () => this.fit());
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.submit();
      }
      if (event.key === "Escape") this.leave();
    });
    for (const name of ["photo", "document", "sound"]) {
      const pick = this.find(`.pick-${name}`);
      this.find(`.attach-list .${name}`).addEventListener("click", () => pick.click());
      pick.addEventListener("change", async () => {
        const [file] = pick.files;
        pick.value = "";
        if (file) await this.phone.try(() => this.attach(name, file));
      });
    }
    this.find(".record").addEventListener("click", () => this.record());
    this.find(".drop").addEventListener("click", () => this.keep(false));
    this.find(".keep").addEventListener("click", () => this.keep(true));
    this.find(".about-end").addEventListener("click", () => this.leave());
  }

  // Whoever blocked the bot cannot write.
  allow(may) {
    this.find("form").hidden = !may;
  }

  fit() {
    const isEmpty = this.text.value.trim() === "" && !this.edited;
    const hadFocus = document.activeElement === this.find(".send");
    this.find(".send").hidden = isEmpty;
    this.find(".record").hidden = !isEmpty;
    if (hadFocus && isEmpty) this.text.focus();
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, 160)}px`;
  }

  async submit() {
    const text = this.text.value.trim();
    if (text === "" || this.sending) return;
    this.sending = true;
    const { id } = this.phone;
    const field = this.edited && this.edited.kind !== "text" ? "caption" : "text";
    const done = await this.phone.try(() =>
      this.edited ? act("edit", { from: id, message_id: this.edited.id, [field]: text }) : act("send", { from: id, text, ...this.about() }),
    );
    this.sending = false;
    if (!done) return;
    this.text.value = "";
    this.leave();
  }

  about() {
    return this.replied ? { reply_to: this.replied.id } : {};
  }

  edit(message) {
    this.edited = message;
    this.replied = undefined;
    this.text.value = message.text;
    this.mark("editing", message);
  }

  reply(message) {
    if (this.edited) this.text.value = "";
    this.edited = undefined;
    this.replied = message;
    this.mark("replying", message);
  }

  mark(what, message) {
    this.find(".about").hidden = false;
    this.find(".about-what").textContent = words(this.phone.language)[what];
    this.find(".about-text").textContent = this.phone.excerpt(message);
    this.fit();
    this.text.focus();
  }

  leave() {
    if (this.edited) this.text.value = "";
    this.edited = undefined;
    this.replied = undefined;
    if (this.find(".about").contains(document.activeElement)) this.text.focus();
    this.find(".about").hidden = true;
    this.fit();
  }

  // Sends a file; what was typed is its caption.
  async attach(name, file) {
    const said = words(this.phone.language);
    if (file.size > LARGEST) throw new Error(said.too_large);
    const text = this.text.value.trim();
    const fields = { from: this.phone.id, ...this.about() };
    if (text && !this.edited) fields.caption = text;
    if (name === "photo") fields.photo = await photo(file);
    if (name === "document") fields.document = { content_base64: await base64(file), file_name: file.name, mime_type: file.type || "application/octet-stream" };
    if (name === "sound") fields.voice = { content_base64: await base64(file), duration: await seconds(file), mime_type: file.type || "audio/ogg" };
    await act("send", fields);
    if (!this.edited) this.text.value = "";
    this.leave();
    this.text.focus();
  }

  async record() {
    const said = words(this.phone.language);
    try {
      this.recording = await record();
    } catch {
      this.phone.tell(said.no_microphone);
      return;
    }
    const since = performance.now();
    const show = () => (this.find(".length").textContent = length((performance.now() - since) / 1000));
    show();
    this.ticking = setInterval(show, 500);
    this.find("form").hidden = true;
    this.find(".recording").hidden = false;
    this.find(".keep").focus();
  }

  async keep(keep) {
    if (!this.recording) return;
    const recording = this.recording;
    this.recording = undefined;
    clearInterval(this.ticking);
    this.find(".recording").hidden = true;
    this.allow(!this.phone.person.blocked);
    this.text.focus();
    await this.phone.try(async () => {
      const note = await recording.stop(keep);
      if (!note) return;
      const voice = { content_base64: await base64(new Blob([note.bytes])), duration: Math.max(1, Math.round(note.seconds)), mime_type: "audio/ogg" };
      await act("send", { from: this.phone.id, voice, ...this.about() });
      this.leave();
    });
  }
}

// A photo as the app sends it: a JPEG of a moderate size, with nothing else in it.
async function photo(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const bytes = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.87));
  return { content_base64: await base64(bytes), width: canvas.width, height: canvas.height };
}

async function base64(blob) {
  const reader = new FileReader();
  const read = new Promise((done, fail) => {
    reader.addEventListener("load", () => done(reader.result));
    reader.addEventListener("error", () => fail(reader.error));
  });
  reader.readAsDataURL(blob);
  return (await read).split(",")[1] ?? "";
}

// How long a sound lasts, in whole seconds; 1 where the browser cannot tell.
async function seconds(file) {
  const sound = document.createElement("audio");
  const address = URL.createObjectURL(file);
  const known = new Promise((done) => {
    sound.addEventListener("loadedmetadata", () => done(sound.duration));
    sound.addEventListener("error", () => done(1));
  });
  sound.src = address;
  const length = await known;
  URL.revokeObjectURL(address);
  return Number.isFinite(length) ? Math.max(1, Math.round(length)) : 1;
}
