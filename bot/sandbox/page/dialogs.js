// What opens over the chat: choosing a place, a picture at full size, the short line after a tap.

import { byId, make } from "./dom.js";

const CITIES = [
  ["London", 51.507, -0.128], ["Berlin", 52.52, 13.405], ["New York", 40.713, -74.006], ["São Paulo", -23.551, -46.633],
  ["Kathmandu", 27.717, 85.324], ["Tokyo", 35.69, 139.692], ["Sydney", -33.868, 151.209], ["Honolulu", 21.307, -157.858],
];

const dialog = byId("place");
const latitude = byId("latitude");
const longitude = byId("longitude");

byId("cities").append(...CITIES.map(([name, lat, lon]) => make("button", {
  type: "button",
  click: () => {
    latitude.value = lat;
    longitude.value = lon;
    dialog.close("share");
  },
}, name)));
byId("place-cancel").addEventListener("click", () => dialog.close(""));
dialog.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  dialog.close("share");
});

/** Ask for a place; returns `{ latitude, longitude }` in degrees, or null if the person would rather not. */
export function askPlace() {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(
      dialog.returnValue === "share" ? { latitude: Number(latitude.value), longitude: Number(longitude.value) } : null,
    ), { once: true });
  });
}

const picture = byId("picture");
byId("picture-close").addEventListener("click", () => picture.close());
picture.addEventListener("click", (event) => event.target === picture && picture.close());

export function showPicture(source, words) {
  const image = byId("picture-image");
  image.src = source;
  image.alt = words;
  picture.showModal();
}

let fading = 0;

/** Show a short line over the chat for a moment. */
export function toast(words) {
  const line = byId("toast");
  clearTimeout(fading);
  line.textContent = words;
  line.classList.add("shown");
  fading = setTimeout(() => line.classList.remove("shown"), 1600);
}
