// Text with entities, as Telegram sends it (offsets and lengths in UTF-16 units, like JavaScript's own), becomes nodes.

import { make } from "./dom.js";
import { now, sayAs } from "./when.js";
import { t } from "./words.js";

const SIMPLE = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};
const SAFE = new Set(["http:", "https:", "mailto:", "tel:"]);

/** Return a fragment showing `text`; `onCommand(text)` is called when a /command in it is tapped. */
export function formatted(text, entities = [], onCommand = () => {}) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return between(text, sorted, 0, text.length, onCommand);
}

function between(text, entities, from, to, onCommand) {
  const fragment = document.createDocumentFragment();
  let at = from;
  for (let i = 0; i < entities.length; i += 1) {
    const entity = entities[i];
    const start = Math.max(entity.offset, at);
    const end = Math.min(entity.offset + entity.length, to);
    if (start >= end) continue;
    const inside = [];
    while (i + 1 < entities.length && entities[i + 1].offset < end) inside.push(entities[++i]);
    fragment.append(text.slice(at, start));
    const node = shape(entity, text.slice(start, end), onCommand);
    node.append(entity.date_time_format ? instant(entity) : between(text, inside, start, end, onCommand));
    fragment.append(node);
    at = end;
  }
  fragment.append(text.slice(at, to));
  return fragment;
}

function shape(entity, words, onCommand) {
  switch (entity.type) {
    case "pre": return make("pre", entity.language ? { "data-language": entity.language } : {});
    case "spoiler": return spoiler();
    case "text_link": return link(entity.url);
    case "url": return link(/^[a-z][a-z0-9+.-]*:/i.test(words) ? words : `https://${words}`);
    case "email": return link(`mailto:${words}`);
    case "phone_number": return link(`tel:${words}`);
    case "bot_command": return make("button", { type: "button", class: "command", click: () => onCommand(words) });
    case "date_time": return make("time", { datetime: new Date(entity.unix_time * 1000).toISOString(), class: "instant" });
    default: return make(SIMPLE[entity.type] ?? "span");
  }
}

/** Return an instant in the zone the person lives in; the format's letters: w weekday, d/D date, t/T time, r relative. */
function instant({ unix_time: seconds, date_time_format: format }) {
  if (format.includes("r")) {
    const minutes = Math.round(seconds / 60 - now() / 60_000);
    const [size, unit] = [[1440, "day"], [60, "hour"], [1, "minute"]].find(([n]) => Math.abs(minutes) >= n) ?? [1, "minute"];
    return new Intl.RelativeTimeFormat([], { numeric: "auto" }).format(Math.round(minutes / size), unit);
  }
  const options = {};
  if (format.includes("w")) options.weekday = "short";
  if (/d/i.test(format)) Object.assign(options, { day: "numeric", month: format.includes("D") ? "long" : "short", year: "numeric" });
  if (/t/i.test(format)) Object.assign(options, { hour: "2-digit", minute: "2-digit" });
  if (format.includes("T")) options.second = "2-digit";
  return sayAs(options, seconds * 1000);
}

function link(address) {
  let url = null;
  try { url = new URL(address); } catch { /* not an address: shown as words */ }
  if (!url || !SAFE.has(url.protocol)) return make("span");
  return make("a", { href: url.href, target: "_blank", rel: "noreferrer noopener", title: url.href });
}

function spoiler() {
  const show = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    const node = event.currentTarget;
    if (node.classList.contains("shown")) return;
    event.preventDefault();
    node.classList.add("shown");
    node.removeAttribute("role");
    node.removeAttribute("aria-label");
  };
  return make("span", { class: "spoiler", role: "button", tabindex: 0, "aria-label": t("Hidden text, show"), click: show, keydown: show });
}
