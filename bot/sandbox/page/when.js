// Days and times as this person's phone shows them: in the zone they live in, by the sandbox's clock.

let zone; // undefined: the browser's own
let ahead = 0; // milliseconds that the sandbox is ahead of the real time
let made = {};

/** Follow the sandbox: its `now` in milliseconds, and the zone the person lives in. */
export function follow(now, where) {
  ahead = now - Date.now();
  if (where !== zone) made = {};
  zone = where;
}

const formats = {
  time: { hour: "2-digit", minute: "2-digit" },
  second: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
  day: { weekday: "long", day: "numeric", month: "long" },
  clock: { weekday: "short", hour: "2-digit", minute: "2-digit" },
  date: { day: "numeric", month: "short" },
  moment: { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
  full: { dateStyle: "full", timeStyle: "medium" },
};

function as(name, options) {
  made[name] ??= new Intl.DateTimeFormat([], { ...options, timeZone: zone });
  return made[name];
}

/** Say an instant (milliseconds) as one of `formats`. */
export const say = (format, instant) => as(format, formats[format]).format(instant);

/** Say it by other options of Intl.DateTimeFormat. */
export const sayAs = (options, instant) => as(JSON.stringify(options), options).format(instant);

export const now = () => Date.now() + ahead;
export const zoneNow = () => zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
