// The page's own words in English and German; what the bot says is the bot's.

const GERMAN = {
  "HeadsUp sandbox": "HeadsUp-Sandkasten",
  "sandbox · stays on this machine": "Sandkasten · bleibt auf diesem Rechner",
  "waiting for the sandbox…": "warte auf den Sandkasten…",
  "This page needs JavaScript.": "Diese Seite braucht JavaScript.",
  "You are this person": "Du bist diese Person",
  "More": "Mehr",
  "Open as {name}": "Als {name} öffnen",
  "Two people side by side": "Zwei Personen nebeneinander",
  "Colours": "Farben",
  "As the system": "Wie das System",
  "Light": "Hell",
  "Dark": "Dunkel",
  "Block bot": "Bot blockieren",
  "Unblock bot": "Bot freigeben",
  "START": "STARTEN",
  "UNBLOCK": "FREIGEBEN",
  "What can this bot do?": "Was kann dieser Bot?",
  "Press START to say hello.": "Sag mit STARTEN Hallo.",
  "Show me a diary with 12 weeks in it": "Zeig mir ein Tagebuch mit 12 Wochen",
  "Try one of these": "Probier eines davon",
  "Summary": "Überblick",
  "Patterns": "Muster",
  "Days": "Tage",
  "For the doctor": "Für die Praxis",
  "Messages": "Nachrichten",
  "Go to the newest message": "Zur neuesten Nachricht",
  "Commands": "Befehle",
  "Menu": "Menü",
  "Message": "Nachricht",
  "Bot's keyboard": "Tastatur des Bots",
  "Attach": "Anhängen",
  "Send": "Senden",
  "Photo": "Foto",
  "File…": "Datei…",
  "Sticker": "Sticker",
  "Voice message": "Sprachnachricht",
  "Location…": "Standort…",
  "Location": "Standort",
  "Choose a file": "Datei wählen",
  "Share a location": "Standort teilen",
  "The bot gets this point, as if you were there.": "Der Bot bekommt diesen Punkt, als wärst du dort.",
  "Latitude": "Breite",
  "Longitude": "Länge",
  "Cancel": "Abbrechen",
  "Share": "Teilen",
  "Picture": "Bild",
  "Close picture": "Bild schließen",
  "Enlarge picture": "Bild vergrößern",
  "Reply": "Antworten",
  "Edit": "Ändern",
  "Edit message": "Nachricht ändern",
  "Reply to": "Antwort auf",
  "You": "Du",
  "edited": "geändert",
  "Answers": "Antworten",
  "Hidden text, show": "Verborgener Text, zeigen",
  "That did not work.": "Das hat nicht geklappt.",
  "Time": "Zeit",
  "+1 hour": "+1 Stunde",
  "Next card": "Nächste Karte",
  "Tomorrow": "Morgen",
  "+1 week": "+1 Woche",
  "Clock change": "Zeitumstellung",
  "Go on to {when}": "Weiter bis {when}",
  "on the way to {when}…": "unterwegs zu {when}…",
  "Stop here": "Hier anhalten",
  "It is {when} now.": "Jetzt ist {when}.",
  "Behind the scenes": "Hinter den Kulissen",
  "Close": "Schließen",
  "What comes next": "Was als Nächstes kommt",
  "Nobody keeps a diary here yet.": "Hier führt noch niemand ein Tagebuch.",
  "The bot is another program, so its plans are not known here.": "Der Bot ist ein anderes Programm, seine Pläne sind hier nicht bekannt.",
  "What the bot did": "Was der Bot getan hat",
  "Calls of the Bot API, the newest first.": "Aufrufe der Bot-API, der neueste zuerst.",
  "Nothing yet.": "Noch nichts.",
};

export const language = navigator.language.startsWith("de") ? "de" : "en";

/** Return words in the reader's language, with {name} filled in. */
export function t(words, values = {}) {
  const said = (language === "de" && GERMAN[words]) || words;
  return said.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Put the words that stand in the page itself into the reader's language. */
export function translatePage() {
  document.documentElement.lang = language;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const words = walker.currentNode.data.trim();
    if (words) walker.currentNode.data = walker.currentNode.data.replace(words, t(words));
  }
  for (const name of ["aria-label", "placeholder", "title"]) {
    document.querySelectorAll(`[${name}]`).forEach((node) => node.setAttribute(name, t(node.getAttribute(name))));
  }
}
