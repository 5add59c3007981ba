// Where a person writes: the text field, the list of commands, the bot's own keyboard, replying and editing.

import { byId, make } from "./dom.js";
import { gist } from "./messages.js";
import { t } from "./words.js";

const MOUSE = matchMedia("(hover: hover)").matches; // a phone opens its own keyboard over half the chat at each focus

/** Return the composer's doors: `show(view)`, `reply(message)`, `edit(message)`, `send(text)` and `takeFocus()`. */
export function composer({ wire, onTrouble, askPlace }) {
  const form = byId("composer");
  const field = byId("text");
  const list = byId("commands");
  const menu = byId("menu");
  let about = null; // { message, editing } while replying or editing
  let commands = [];
  let marked = -1; // which command the arrow keys are on
  let keysWanted = true;
  let keyboardNow = "";

  const attempt = (deed) => deed.catch(onTrouble);

  function submit() {
    const text = field.value.trim();
    if (!text) return;
    const { message, editing } = about ?? {};
    field.value = "";
    setAbout(null);
    closeList();
    attempt(editing ? wire.edit(message.message_id, text) : wire.say(text, message?.message_id));
  }

  function setAbout(value) {
    about = value;
    byId("context").hidden = !value;
    if (!value) return;
    byId("context-title").textContent = t(value.editing ? "Edit message" : "Reply to");
    byId("context-text").textContent = gist(value.message);
    if (value.editing) field.value = value.message.text;
    field.focus();
  }

  function cancel() {
    if (about?.editing) field.value = "";
    setAbout(null);
  }

  // Commands: everything from the button "Menu", the fitting ones while "/…" is typed.

  function openList(typed) {
    const fitting = commands.filter(({ command }) => `/${command}`.startsWith(typed));
    marked = -1;
    list.replaceChildren(...fitting.map(({ command, description }, i) => make("li",
      { role: "option", id: `command-${i}`, "aria-selected": "false", click: () => pick(command) },
      make("span", {}, `/${command}`), make("small", {}, description))));
    setOpen(fitting.length > 0);
  }

  function setOpen(open) {
    list.hidden = !open;
    menu.setAttribute("aria-expanded", String(open));
    field.setAttribute("aria-expanded", String(open));
    field.removeAttribute("aria-activedescendant");
  }

  const closeList = () => setOpen(false);

  function pick(command) {
    field.value = "";
    closeList();
    attempt(wire.say(`/${command}`));
    if (MOUSE) field.focus();
  }

  function mark(step) {
    const items = [...list.children];
    marked = (marked + step + items.length + (marked < 0 && step < 0 ? 1 : 0)) % items.length;
    items.forEach((item, i) => item.setAttribute("aria-selected", String(i === marked)));
    items[marked].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", items[marked].id);
  }

  const nameOf = (item) => item.firstChild.textContent;

  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const open = !list.hidden;
    if (event.key === "Escape" && !open) cancel();
    else if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) mark(event.key === "ArrowDown" ? 1 : -1);
    else if (open && event.key === "Tab" && !event.shiftKey) field.value = `${nameOf(list.children[Math.max(marked, 0)])} `;
    else if (event.key === "Enter" && !event.shiftKey) {
      if (open && marked >= 0) pick(nameOf(list.children[marked]).slice(1));
      else submit();
    } else return;
    event.preventDefault();
  });
  field.addEventListener("input", () => (/^\/\w*$/.test(field.value) ? openList(field.value) : closeList()));
  menu.addEventListener("click", () => {
    if (!list.hidden) return closeList();
    openList("/");
    if (MOUSE) field.focus();
  });
  document.addEventListener("click", (event) => event.target.closest("#menu, #text, #commands") || closeList());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeList();
    const nowhere = document.activeElement === document.body && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (nowhere && event.key.length === 1 && event.key !== " ") field.focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
    field.focus();
  });
  byId("context-close").addEventListener("click", cancel);

  // Things to attach.

  async function sharePlace() {
    const place = await askPlace();
    if (place) await wire.shareLocation(place.latitude, place.longitude);
  }

  byId("attach").addEventListener("click", (event) => {
    const kind = event.target.dataset.kind;
    if (!kind) return;
    byId("attach").hidePopover();
    if (kind === "file") byId("file").click();
    else attempt(kind === "location" ? sharePlace() : wire.send(kind));
  });
  byId("file").addEventListener("change", (event) => {
    for (const file of event.target.files) attempt(wire.sendFile(file));
    event.target.value = "";
  });

  // The bot's keyboard under the text field.

  function showKeyboard(messages) {
    const last = messages.findLastIndex(({ reply_markup: markup }) => markup?.keyboard || markup?.remove_keyboard);
    const markup = messages[last]?.reply_markup;
    const used = markup?.one_time_keyboard && messages.slice(last + 1).some((message) => !message.from?.is_bot);
    const rows = markup?.keyboard ?? [];
    const state = JSON.stringify([last, rows]);
    if (state !== keyboardNow) {
      keyboardNow = state;
      keysWanted = true;
      byId("keyboard").replaceChildren(...rows.map((row) => make("div", { class: "row" }, ...row.map(replyKey))));
      field.placeholder = (rows.length && markup.input_field_placeholder) || t("Message");
    }
    byId("keys").hidden = !rows.length || Boolean(used);
    byId("keyboard").hidden = byId("keys").hidden || !keysWanted;
    byId("keys").setAttribute("aria-expanded", String(keysWanted));
  }

  function replyKey(key) {
    const { text, request_location: asksPlace, style = "" } = key;
    const press = () => attempt(asksPlace ? sharePlace() : wire.say(text));
    return make("button", { type: "button", class: `key ${style}`, click: press }, text);
  }

  byId("keys").addEventListener("click", () => {
    keysWanted = !keysWanted;
    byId("keyboard").hidden = !keysWanted;
    byId("keys").setAttribute("aria-expanded", String(keysWanted));
  });

  return {
    send: (text) => attempt(wire.say(text)),
    reply: (message) => setAbout({ message, editing: false }),
    edit: (message) => setAbout({ message, editing: true }),
    takeFocus: () => MOUSE && field.focus(),
    show(view) {
      commands = view.commands;
      menu.hidden = commands.length === 0;
      showKeyboard(view.messages);
    },
  };
}
