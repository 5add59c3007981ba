// The log of messages: bubbles that are edited in place, and the keys under them.

import { drawing, make } from "./dom.js";
import { formatted } from "./entities.js";
import { say, zoneNow } from "./when.js";
import { fileAddress } from "./wire.js";
import { t } from "./words.js";

const REPLY = "M10 8V4l-7 7 7 7v-4c5 0 8.500 1.500 11 5-1-6-4-10-11-11z";
const EDIT = "M4 20h4L19 9l-4-4L4 16v4zM13 7l4 4";
const PIN = "M12 21s-7-6.500-7-12a7 7 0 0 1 14 0c0 5.500-7 12-7 12zm0-9.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z";
const FILE = "M7 3h7l5 5v13H7zM14 3v5h5M12 11v6m-3-2.500 3 3 3-3";
const PATIENCE = 30_000; // milliseconds until a tap that nobody answers stops looking busy

/** Return a message in one line, for quotes and for the line above the text field. */
export function gist(message) {
  const words = message.text ?? message.caption;
  if (words) return words.length > 90 ? `${words.slice(0, 90)}…` : words;
  return ["photo", "document", "sticker", "voice", "location"].find((kind) => message[kind]) ?? "message";
}

/** Return the log's two doors: `show(view, asked)` and `waiting()`, the ids of taps that are not answered yet. */
export function messageLog({ log, scroller, down, botName, wire, onReply, onEdit, onCommand, onPicture, onTrouble }) {
  const shown = new Map(); // message id -> { state, node }
  const days = new Map(); // day -> its separator
  const taps = new Map(); // where -> { query }
  let first = true;
  let atEnd = true;
  let lastTop = 0;

  const toEnd = () => { scroller.scrollTop = scroller.scrollHeight; };
  scroller.addEventListener("scroll", () => {
    const near = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 40;
    // Only going up leaves the end: a keyboard that opens below makes the log shorter, and that is nobody's wish.
    atEnd = near || (atEnd && scroller.scrollTop >= lastTop);
    lastTop = scroller.scrollTop;
    down.hidden = atEnd;
  });
  down.addEventListener("click", toEnd);
  const sizes = new ResizeObserver(() => atEnd && toEnd());
  sizes.observe(scroller);
  sizes.observe(log);

  function show(view, asked) {
    for (const [where, tap] of taps) {
      if (asked.includes(tap.query) && !view.waiting.includes(tap.query)) settle(where);
    }
    const wanted = [];
    for (const message of view.messages) {
      const day = say("day", message.date * 1000);
      if (!days.has(day)) days.set(day, make("p", { class: "day" }, make("span", {}, day)));
      if (!wanted.includes(days.get(day))) wanted.push(days.get(day));
      wanted.push(nodeFor(message));
    }
    const ids = new Set(view.messages.map((message) => message.message_id));
    for (const id of shown.keys()) if (!ids.has(id)) shown.delete(id);
    arrange(wanted);
    first = false;
    if (atEnd) toEnd();
  }

  function nodeFor(message) {
    const state = JSON.stringify([zoneNow(), message]);
    const known = shown.get(message.message_id);
    if (known?.state === state) return known.node;
    const node = article(message);
    if (known) replace(known.node, node);
    else if (!first) {
      node.classList.add("new");
      if (!message.from?.is_bot) atEnd = true;
    }
    shown.set(message.message_id, { state, node });
    return node;
  }

  function arrange(wanted) {
    const keep = new Set(wanted);
    for (const node of [...log.children]) if (!keep.has(node)) node.remove();
    wanted.forEach((node, i) => log.children[i] !== node && log.insertBefore(node, log.children[i] ?? null));
  }

  // Somebody who works with the keyboard keeps their place when the card under their fingers changes.
  function replace(old, node) {
    const focused = old.querySelector(":focus-visible");
    old.replaceWith(node);
    if (!focused) return;
    const keys = [...node.querySelectorAll(".inline button, .inline a")];
    (keys.find((key) => key.textContent === focused.textContent) ?? keys[0] ?? document.getElementById("text")).focus();
  }

  function article(message) {
    const own = !message.from?.is_bot;
    const at = (message.edit_date ?? message.date) * 1000;
    const time = make("time", { datetime: new Date(at).toISOString(), title: say("full", at) }, say("time", message.date * 1000));
    const bubble = make("div", { class: "bubble" }, quote(message.reply_to_message), ...contents(message),
      make("span", { class: "meta" }, message.edit_date ? `${t("edited")} ` : "", time));
    if (message.sticker) bubble.classList.add("bare");
    if (message.photo) bubble.classList.add("pictured");
    const tools = make("div", { class: "tools" },
      make("button", { type: "button", class: "icon", "aria-label": t("Reply"), title: t("Reply"), click: () => onReply(message) }, drawing(REPLY)),
      own && message.text && make("button", { type: "button", class: "icon", "aria-label": t("Edit"), title: t("Edit"), click: () => onEdit(message) }, drawing(EDIT)));
    const keys = message.reply_markup?.inline_keyboard;
    const node = make("article", { class: own ? "message own" : "message", "data-id": message.message_id, "aria-label": own ? t("You") : botName },
      make("div", { class: "line" }, bubble, tools), keys && keyboard(message.message_id, keys));
    // Without a mouse there is no hovering: a tap on the bubble brings its tools out.
    bubble.addEventListener("click", (event) => {
      if (event.target.closest("a, button, .spoiler")) return;
      log.querySelectorAll(".chosen").forEach((other) => other !== node && other.classList.remove("chosen"));
      node.classList.toggle("chosen");
    });
    tools.addEventListener("click", () => node.classList.remove("chosen"));
    return node;
  }

  function quote(message) {
    if (!message) return null;
    const go = () => {
      const node = shown.get(message.message_id)?.node;
      node?.scrollIntoView({ block: "center" });
      node?.animate([{ opacity: 0.4 }, { opacity: 1 }], 600);
    };
    return make("button", { type: "button", class: "quote", click: go },
      make("strong", {}, message.from?.is_bot ? botName : t("You")), make("span", {}, gist(message)));
  }

  function* contents(message) {
    if (message.photo) yield photo(message);
    if (message.sticker) yield make("span", { class: "sticker", role: "img", "aria-label": t("Sticker") }, message.sticker.emoji ?? "🙂");
    if (message.voice) yield make("span", { class: "thing" }, `🎤 ${t("Voice message")}`);
    if (message.location) {
      const { latitude, longitude } = message.location;
      yield make("span", { class: "thing" }, drawing(PIN), make("span", {}, `${t("Location")} `, make("small", {}, `${latitude.toFixed(3)}, ${longitude.toFixed(3)}`)));
    }
    if (message.document) {
      const { file_id: id, file_name: name = "file", file_size: size } = message.document;
      yield make("a", { class: "thing", href: fileAddress(id), download: name },
        drawing(FILE), make("span", {}, name, size != null && make("small", {}, kilobytes(size))));
    }
    const words = message.text ?? message.caption;
    if (words) {
      yield make("div", { class: "words", dir: "auto" },
        formatted(words, message.entities ?? message.caption_entities, onCommand));
    }
  }

  function photo(message) {
    const size = message.photo.reduce((a, b) => (b.width > a.width ? b : a));
    const source = fileAddress(size.file_id);
    const image = make("img", { src: source, width: size.width, height: size.height, alt: message.caption ?? t("Picture") });
    return make("button", { type: "button", class: "photo", "aria-label": t("Enlarge picture"), click: () => onPicture(source, image.alt) }, image);
  }

  function keyboard(messageId, rows) {
    const box = make("div", { class: "inline", role: "group", "aria-label": t("Answers") });
    rows.forEach((row, r) => box.append(make("div", { class: "row" }, ...row.map((key, c) => {
      const look = key.style ? `key ${key.style}` : "key";
      if (key.url) return make("a", { class: look, href: safe(key.url), target: "_blank", rel: "noreferrer noopener" }, key.text, " ↗");
      const where = `${messageId}:${r}:${c}`;
      return make("button", { type: "button", class: look, "data-where": where, "aria-busy": taps.has(where) && "true",
        click: () => tap(where, messageId, key.callback_data) }, key.text);
    }))));
    return box;
  }

  async function tap(where, messageId, data) {
    if (taps.has(where)) return;
    const tapped = { query: null };
    taps.set(where, tapped);
    button(where)?.setAttribute("aria-busy", "true");
    setTimeout(() => taps.get(where) === tapped && settle(where), PATIENCE);
    try {
      tapped.query = await wire.tap(messageId, data);
    } catch (error) {
      settle(where);
      onTrouble(error);
    }
  }

  function settle(where) {
    taps.delete(where);
    button(where)?.removeAttribute("aria-busy");
  }

  const button = (where) => log.querySelector(`[data-where="${where}"]`);

  return { show, waiting: () => [...taps.values()].map((tap) => tap.query).filter((query) => query !== null) };
}

const kilobytes = (bytes) => (bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(bytes < 10_240 ? 1 : 0)} KB`);
const safe = (address) => (/^(https?|tg):/i.test(address) ? address : null);
