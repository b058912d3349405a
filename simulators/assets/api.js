// Talks with the server of the pretend Slack.

async function read(response) {
  if (!response.ok) throw new Error(`${response.status}`);
  return response.json();
}

const query = (params) => new URLSearchParams(Object.entries(params).filter(([, value]) => value)).toString();

export const getState = (team, as) => fetch(`/sim/state?${query({ team, as })}`).then(read);
export const getMessages = (team, as, channel, thread) =>
  fetch(`/sim/messages?${query({ team, as, channel, thread })}`).then(read).then((answer) => answer.messages || []);

async function post(path, body) {
  const response = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const answer = await response.json().catch(() => null);
  if (answer && typeof answer === 'object') return { ok: response.ok, error: null, errors: null, ...answer };
  return { ok: response.ok, error: response.ok ? null : `The server answered ${response.status}.`, errors: null };
}

export const act = (body) => post('/sim/act', body);
export const setFault = (body) => post('/sim/faults', body);

// Server-Sent Events for one person. `changed` gets a list of names; `open` tells of each (re)connection.
export function listen(team, as, { changed, open, lost }) {
  let source;
  let timer;
  let stopped = false;
  const start = () => {
    source = new EventSource(`/sim/events?${query({ team, as })}`);
    source.onopen = open;
    source.onmessage = (event) => {
      try {
        changed(JSON.parse(event.data).changed || []);
      } catch { /* not for us */ }
    };
    source.onerror = () => {
      if (stopped) return;
      lost();
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(start, 2000);
    };
  };
  start();
  return () => {
    stopped = true;
    clearTimeout(timer);
    source.close();
  };
}
