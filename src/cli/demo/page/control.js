// The control API of the emulator (docs/EMULATOR.md), and what is the demo's alone.
// Guarantees an error with the server's own words for whatever is refused.

const base = document.body.dataset.control;

async function read(response) {
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? response.statusText);
  return answer;
}

const post = (path, fields) =>
  fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(fields),
  }).then(read);

// A verb that does something.
export const act = (verb, fields) => post(`${base}/${verb}`, fields);

// A verb that looks.
export const look = (verb, query = {}) =>
  fetch(`${base}/${verb}?${new URLSearchParams(query)}`).then(read);

// What the demo does beside the emulator: the bot's process, phones.
export const demo = (thing, fields) => post(`/page/${thing}`, fields);

// Where the bytes of a file are.
export const fileAddress = (id) => `${base}/file/${encodeURIComponent(id)}`;

// What changes, for as long as the page is open.
export const events = () => new EventSource(`${base}/events`);
