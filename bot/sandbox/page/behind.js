// Behind the scenes: the time bar, the ready diary, what comes next and what the bot did.

import { byId, make } from "./dom.js";
import { formatted } from "./entities.js";
import { follow, now, say, zoneNow } from "./when.js";
import { t } from "./words.js";

const STOPS = { hour: "+1 hour", card: "Next card", tomorrow: "Tomorrow", week: "+1 week", change: "Clock change" };
const TICK = 1000; // milliseconds

/** Return the two doors: `refresh()`, for after something has changed, and `canFill()`: nobody keeps a diary here yet.
 * `onNews` is called when time or zone may be others. */
export function behind({ wire, onTrouble, onNews }) {
  const bar = byId("time");
  const panel = byId("behind");
  const opener = byId("behind-open");
  const buttons = Object.entries(STOPS).map(([stop, words]) => make("button", { type: "button", click: () => go(stop), "data-stop": stop }, t(words)));
  byId("stops").append(...buttons);
  const halt = byId("halt");
  const calls = new Map(); // what tells a call apart -> its node
  let stage = null;
  let asking = false;
  let again = false;

  async function refresh() {
    again = true;
    if (asking) return;
    asking = true;
    while (again) {
      again = false;
      try {
        show(await wire.backstage(zoneNow()));
      } catch { /* the sandbox was stopped; the page itself says so */ }
    }
    asking = false;
  }

  function show(answer) {
    stage = answer.stage;
    bar.hidden = !stage;
    if (stage) {
      follow(stage.now * 1000, stage.zone);
      tell();
      for (const button of buttons) {
        const at = stage.stops[button.dataset.stop];
        button.setAttribute("aria-disabled", String(at === undefined || stage.goal !== null));
        button.title = at === undefined ? "" : t("Go on to {when}", { when: say("moment", at * 1000) });
      }
    }
    if (!panel.hidden) fill(answer);
    onNews();
  }

  function tell() {
    if (!stage) return;
    const way = stage.goal !== null && t("on the way to {when}…", { when: say("moment", stage.goal * 1000) });
    byId("now").textContent = say("clock", now());
    byId("place-now").textContent = way || `${say("date", now())} · ${stage.zone.replace(/.*\//, "").replaceAll("_", " ")}`;
    bar.setAttribute("aria-busy", String(Boolean(way)));
    // Not on a button: who presses Enter twice would begin the next journey.
    if (!way && document.activeElement === halt) bar.querySelector(".clock").focus();
    halt.hidden = !way;
  }
  setInterval(tell, TICK);

  async function go(stop) {
    if (stage.goal !== null || stage.stops[stop] === undefined) return;
    stage.goal = stage.stops[stop];
    // Not `disabled`: that would take the focus away from whoever goes on with the keyboard.
    buttons.forEach((button) => button.setAttribute("aria-disabled", "true"));
    tell();
    byId("arrived").textContent = byId("place-now").textContent;
    try {
      await wire.travel(stop, zoneNow());
    } catch (error) {
      onTrouble(error);
    }
    await refresh();
    byId("arrived").textContent = t("It is {when} now.", { when: say("moment", now()) });
  }

  halt.addEventListener("click", () => wire.halt().catch(onTrouble));

  // The panel.

  function fill({ calls: made, stage: plans }) {
    const next = plans?.next;
    byId("coming").replaceChildren(next ? formatted(next.text, next.entities)
      : t(plans ? "Nobody keeps a diary here yet." : "The bot is another program, so its plans are not known here."));
    const keys = made.map((call) => `${call.at} ${call.method} ${JSON.stringify(call.params)}`);
    for (const key of calls.keys()) if (!keys.includes(key)) calls.delete(key);
    made.forEach((call, i) => calls.has(keys[i]) || calls.set(keys[i], entry(call)));
    byId("calls").replaceChildren(...keys.map((key) => calls.get(key)).reverse());
    byId("no-calls").hidden = made.length > 0;
  }

  function entry({ at, method, status, params }) {
    const words = JSON.stringify(params, (_, value) => unpacked(value), 2);
    return make("li", {}, make("details", {},
      make("summary", {}, make("code", {}, method), status !== 200 && make("strong", {}, String(status)),
        make("time", { datetime: new Date(at * 1000).toISOString() }, say("second", at * 1000))),
      make("pre", { tabindex: 0 }, words)));
  }

  function setOpen(open) {
    panel.hidden = !open;
    document.body.classList.toggle("behind", open);
    opener.setAttribute("aria-expanded", String(open));
    if (open) {
      refresh();
      byId("behind-close").focus();
    } else opener.focus();
  }

  opener.addEventListener("click", () => setOpen(panel.hidden));
  byId("behind-close").addEventListener("click", () => setOpen(false));
  panel.addEventListener("keydown", (event) => event.key === "Escape" && setOpen(false));

  // The ready diary.

  async function showDiary() {
    const button = byId("diary");
    button.disabled = true;
    try {
      await wire.fillDiary(zoneNow());
      await wire.say("/summary");
      byId("tries").hidden = false;
      byId("tries").firstElementChild.focus();
    } catch (error) {
      onTrouble(error);
    }
    button.disabled = false;
  }

  byId("diary").addEventListener("click", showDiary);
  byId("tries").addEventListener("click", (event) => {
    const command = event.target.dataset.command;
    if (command) wire.say(command).catch(onTrouble);
  });

  return { refresh, canFill: () => stage !== null && stage.next === null };
}

/** Return a parameter as the bot meant it: what Telegram is sent as JSON in a text, as that. */
function unpacked(value) {
  if (typeof value !== "string" || !/^[[{]/.test(value)) return value;
  try { return JSON.parse(value); } catch { return value; }
}
