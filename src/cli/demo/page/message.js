// A message as a phone shows it. What it says is put in as text; only addresses of the web and of Telegram become links.

import { icon, iconButton, make } from "./dom.js";
import { fileAddress } from "./control.js";
import { words } from "./words.js";

const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
};

// Text with its entities, whose offsets are UTF-16 units as those of a string are.
export function formatted(text, entities, context) {
  const sorted = [...(entities ?? [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return pieces(text, 0, text.length, sorted, context);
}

function pieces(text, from, to, entities, context) {
  const nodes = [];
  const waiting = [...entities];
  let at = from;
  while (waiting.length > 0) {
    const entity = waiting.shift();
    const start = Math.max(entity.offset, at);
    const end = Math.min(entity.offset + entity.length, to);
    if (end <= start) continue;
    if (start > at) nodes.push(text.slice(at, start));
    const inside = [];
    const behind = [];
    // What begins inside and ends outside goes on behind it.
    while (waiting.length > 0 && waiting[0].offset < end) {
      const other = waiting.shift();
      inside.push(other);
      const rest = other.offset + other.length - end;
      if (rest > 0) behind.push({ ...other, offset: end, length: rest });
    }
    waiting.unshift(...behind);
    nodes.push(piece(entity, text.slice(start, end), pieces(text, start, end, inside, context), context));
    at = end;
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}

function piece(entity, text, children, context) {
  const said = words(context.language);
  switch (entity.type) {
    case "bold":
    case "italic":
    case "underline":
    case "strikethrough":
    case "code":
    case "pre":
    case "blockquote":
      return make(TAGS[entity.type], "", ...children);
    case "expandable_blockquote": {
      const quote = make("blockquote", "short", ...children);
      const all = make("button", "link", said.show_more);
      all.addEventListener("click", () => {
        quote.classList.remove("short");
        all.remove();
      });
      quote.append(all);
      return quote;
    }
    case "spoiler": {
      const cover = make("button", "spoiler", ...children);
      cover.setAttribute("aria-label", said.hidden_text);
      cover.addEventListener("click", () => cover.replaceWith(make("span", "", ...cover.childNodes)));
      return cover;
    }
    case "text_link":
      return link(entity.url, children, context);
    case "url":
      return link(text, children, context);
    case "email":
      return link(`mailto:${text}`, children, context);
    case "bot_command": {
      const command = make("button", "link", ...children);
      command.addEventListener("click", () => context.send(text));
      return command;
    }
    default:
      return make("span", entity.type === "custom_emoji" || entity.type === "date_time" ? "" : "mark", ...children);
  }
}

// A link: into the bot it opens on this phone, elsewhere in a new tab.
export function link(address, children, context) {
  const whole = /^[a-z]+:/i.test(address) ? address : `https://${address}`;
  if (!/^(https?|tg|mailto):/i.test(whole)) return make("span", "mark", ...children);
  const anchor = make("a", "", ...children);
  anchor.href = whole;
  if (/^(https?:\/\/t\.me\/|tg:)/i.test(whole)) {
    anchor.addEventListener("click", (event) => {
      event.preventDefault();
      context.open(whole);
    });
  } else {
    anchor.target = "_blank";
    anchor.rel = "noopener noreferrer";
  }
  return anchor;
}

// The whole message, with its buttons.
export function bubble(message, context) {
  const said = words(context.language);
  const mine = !message.from_bot;
  const node = make("article", `message ${mine ? "mine" : "theirs"}`);
  node.dataset.id = message.id;
  const inner = make("div", "bubble");
  inner.append(make("span", "unseen", `${mine ? said.you : context.bot}: `));
  if (message.reply_to) inner.append(quoted(message.reply_to, context));
  inner.append(...held(message, said));
  if (message.text) {
    const text = make("div", "text", ...formatted(plainStart(message), message.entities, context));
    text.dir = "auto";
    inner.append(text);
  } else if (!["photo", "document", "voice"].includes(message.kind)) {
    inner.append(make("div", "text other", said.other_message));
  }
  const meta = make("span", "meta");
  // A bot's messages are edited with nearly every press; Telegram marks them too.
  if (message.edited) meta.append(make("span", "edited", said.edited), " ");
  const time = make("time", "", context.time(message.date));
  time.dateTime = new Date(message.date * 1000).toISOString();
  meta.append(time);
  inner.append(meta);
  const more = iconButton("dots", said.more, "more");
  more.setAttribute("aria-expanded", "false");
  more.addEventListener("click", () => context.more(message, more));
  inner.append(more);
  node.append(inner);
  if (message.buttons.length > 0) node.append(keyboard(message, context));
  return node;
}

// The app keeps what a link passes on to itself.
function plainStart(message) {
  const hides = !message.from_bot && message.text.startsWith("/start ") && message.entities?.[0]?.type === "bot_command";
  return hides ? "/start" : message.text;
}

function quoted(id, context) {
  const quote = make("button", "quoted", context.excerpt(id));
  quote.addEventListener("click", () => context.show(id));
  return quote;
}

// Files in a message.
function held(message, said) {
  if (message.kind === "photo" && message.photo) {
    const image = make("img");
    image.alt = said.picture;
    image.src = fileAddress(message.photo.file_id);
    image.width = message.photo.width;
    image.height = message.photo.height;
    image.addEventListener("error", () => image.replaceWith(make("span", "broken", said.picture)));
    const open = make("a", "picture", image);
    open.href = image.src;
    open.target = "_blank";
    open.rel = "noopener";
    open.setAttribute("aria-label", `${said.picture}, ${said.opens}`);
    return [open];
  }
  if (message.kind === "document" && message.document) {
    const file = message.document;
    const name = make("span", "file-name", file.file_name ?? said.file);
    const open = make("a", "document", make("span", "file-icon", icon("file")), make("span", "", name, make("span", "file-size", size(file.file_size))));
    open.href = fileAddress(file.file_id);
    open.target = "_blank";
    open.rel = "noopener";
    open.append(make("span", "unseen", ` (${said.opens})`));
    return [open];
  }
  if (message.kind === "voice" && message.voice) return [player(message.voice, said)];
  return [];
}

function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

// 0:42
export function length(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function player(voice, said) {
  const sound = make("audio");
  sound.preload = "none";
  sound.src = fileAddress(voice.file_id);
  const button = iconButton("play", said.play, "play");
  const left = make("span", "length", length(voice.duration ?? 0));
  const progress = make("progress");
  progress.max = 1;
  progress.value = 0;
  progress.setAttribute("aria-label", said.voice_note);
  const show = () => {
    const plays = !sound.paused && !sound.ended;
    button.replaceChildren(icon(plays ? "pause" : "play"));
    button.setAttribute("aria-label", plays ? said.pause : said.play);
  };
  button.addEventListener("click", () => {
    // A file that is no sound cannot be played; it still is a message.
    if (sound.paused) sound.play().catch(show);
    else sound.pause();
  });
  for (const name of ["play", "pause", "ended"]) sound.addEventListener(name, show);
  sound.addEventListener("timeupdate", () => {
    progress.value = Math.min(1, sound.currentTime / Math.max(voice.duration ?? 0, 0.1));
    left.textContent = length(sound.currentTime);
  });
  sound.addEventListener("ended", () => {
    progress.value = 0;
    left.textContent = length(voice.duration ?? 0);
  });
  return make("div", "voice", button, progress, left, sound);
}

function keyboard(message, context) {
  const node = make("div", "keyboard");
  node.setAttribute("role", "group");
  node.setAttribute("aria-label", words(context.language).buttons);
  for (const row of message.buttons) {
    const line = make("div", "keys-row");
    for (const button of row) {
      if (button.url) {
        const anchor = link(button.url, [button.text], context);
        anchor.classList.add("key");
        line.append(anchor);
      } else {
        const key = make("button", "key", button.text);
        key.addEventListener("click", () => context.press(message, button, key));
        line.append(key);
      }
    }
    node.append(line);
  }
  return node;
}
