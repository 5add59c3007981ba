// The only way out of this page: the sandbox server's own /chat addresses, for one person.

export const PEOPLE = ["Ann", "Ben", "Cleo", "Dan"];

/** Return a connection for the nth person, from 1; `view` gives the chat, the other functions are things people do. */
export function connect(n) {
  const name = PEOPLE[n - 1] ?? `Person ${n}`;
  const person = 1000 + n;

  async function act(what, body = {}) {
    const answer = await fetch(`/chat/${person}/${what}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()).result;
  }

  return {
    name,
    person,
    join: () => act("join", { first_name: name, language: navigator.language }),
    say: (text, replyTo) => act("say", { text, reply_to: replyTo ?? null }),
    tap: (messageId, data) => act("tap", { message_id: messageId, data }),
    edit: (messageId, text) => act("edit", { message_id: messageId, text }),
    shareLocation: (latitude, longitude) => act("location", { latitude, longitude }),
    send: (kind) => act("send", { kind }),
    travel: (stop, zone) => act("travel", { stop, zone }),
    halt: () => act("halt"),
    fillDiary: (zone) => act("diary", { zone }),
    block: () => act("block"),
    unblock: () => act("unblock"),

    /** Send a file of one's own, a File object. */
    async sendFile(file) {
      const query = new URLSearchParams({ name: file.name });
      const answer = await fetch(`/chat/${person}/file?${query}`, { method: "POST", body: file });
      if (!answer.ok) throw new Error(await answer.text());
    },

    /** Return what goes on behind the scenes; `zone` is where the browser is. */
    async backstage(zone) {
      const answer = await fetch(`/chat/${person}/backstage?${new URLSearchParams({ zone })}`);
      if (!answer.ok) throw new Error(await answer.text());
      return answer.json();
    },

    /** Return what this person sees, once it is newer than `after`, or after `wait` seconds. */
    async view(after, taps, wait = 25) {
      const query = new URLSearchParams({ after, wait, taps: taps.join(",") });
      const answer = await fetch(`/chat/${person}/view?${query}`);
      if (!answer.ok) throw new Error(await answer.text());
      return answer.json();
    },
  };
}

export const fileAddress = (fileId) => `/chat/file/${encodeURIComponent(fileId)}`;
