// The page: one person's chat with the bot, kept up to date by asking the server for news again and again.

import { behind } from "./behind.js";
import { composer } from "./composer.js";
import { askPlace, showPicture, toast } from "./dialogs.js";
import { byId } from "./dom.js";
import { messageLog } from "./messages.js";
import { connect, PEOPLE } from "./wire.js";
import { t, translatePage } from "./words.js";

translatePage();
const CALM = t("sandbox · stays on this machine");
const asked = Number(new URLSearchParams(location.search).get("person"));
const nth = Number.isInteger(asked) && asked > 0 ? asked : 1;
const wire = connect(nth);
const onTrouble = (error) => toast(error.message || t("That did not work."));

let log = null;
let blocked = false;
let toasts = null; // how many have been shown; null before the first view
let last = null; // the newest view
const writing = composer({ wire, onTrouble, askPlace });
const scenes = behind({ wire, onTrouble, onNews: () => last && show(last, []) });

function show(view, taps) {
  last = view;
  const empty = view.messages.length === 0;
  const leaving = document.activeElement === byId("start") || document.activeElement === byId("unblock");
  blocked = view.blocked;
  byId("bot-name").textContent = view.bot;
  byId("welcome").hidden = !empty;
  byId("description").textContent = view.description || t("Press START to say hello.");
  byId("start").hidden = !empty || blocked;
  byId("diary").hidden = !empty || blocked || !scenes.canFill();
  byId("unblock").hidden = !blocked;
  byId("composer").hidden = empty || blocked;
  if (leaving && !byId("composer").hidden) writing.takeFocus();
  byId("block").textContent = t(blocked ? "Unblock bot" : "Block bot");
  log ??= messageLog({
    log: byId("log"), scroller: document.querySelector("main"), down: byId("down"), botName: view.bot, wire, onTrouble,
    onReply: writing.reply, onEdit: writing.edit, onCommand: writing.send, onPicture: showPicture,
  });
  log.show(view, taps);
  writing.show(view);
  if (toasts !== null) view.toasts.slice(toasts).forEach(toast);
  toasts = view.toasts.length;
}

async function news(version, taps) {
  try {
    if (version === null) await wire.join();
    return await wire.view(version ?? -1, taps);
  } catch {
    return null; // the sandbox was stopped; started anew, it does not know this person yet
  }
}

async function follow() {
  let version = null;
  for (;;) {
    const taps = log?.waiting() ?? [];
    const view = await news(version, taps);
    version = view?.version ?? null;
    byId("status").textContent = view ? CALM : t("waiting for the sandbox…");
    if (view) {
      show(view, taps);
      scenes.refresh();
    } else await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

byId("start").addEventListener("click", () => writing.send("/start"));
byId("unblock").addEventListener("click", () => wire.unblock().catch(onTrouble));
byId("block").addEventListener("click", () => {
  byId("more").hidePopover();
  (blocked ? wire.unblock() : wire.block()).catch(onTrouble);
});

document.title = `${wire.name} · ${t("HeadsUp sandbox")}`;
byId("who").textContent = wire.name;
const other = nth === 1 ? 2 : 1;
byId("other-person").textContent = t("Open as {name}", { name: PEOPLE[other - 1] });
byId("other-person").href = other === 1 ? "/" : `/?person=${other}`;

follow();
