// What the pages of the pretend services share: the frame with its trouble switches, the state that is
// fetched again whenever the server says so, the place (a date in the hash), and dates.

import { h } from './dom.js';

const TROUBLE = [
  ['none', 'Works', 'All good again'],
  ['500', '500', 'Every call is answered “500”, and nothing is done'],
  ['429', '429', 'Every call is answered “429: too many requests”, and nothing is done'],
  ['slow', 'Slow', 'Every call is carried out, but its answer takes 15 seconds'],
  ['down', 'Down', 'Every connection is closed, and nothing is done'],
  ['lose', 'Answer lost', 'Every call is carried out, but the connection is closed before the answer'],
];

// ---- dates: "2026-03-05" in, UTC midnight inside, so that no clock change matters ----

export const DAY = 86_400_000;
export const parseDay = (text) => Date.parse(`${text.slice(0, 10)}T00:00:00Z`);
export const dayText = (day) => new Date(day).toISOString().slice(0, 10);
export const format = (day, options) => new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options }).format(day);
export const weekday = (day) => (new Date(day).getUTCDay() + 6) % 7; // Monday is 0
export const today = () => {
  const now = new Date();
  return Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
};

// ---- the server ----

const post = (path, body) =>
  fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

// options: { title, about, draw(shown, place, tools) → nodes, place: { read(text) → day, text(day) → hash, step(day, by) → day, name(day) → heading, unit } }
export function start({ title, about, draw, place }) {
  const root = document.getElementById('app');
  const notices = document.getElementById('notices');
  const heading = h('h2', { 'aria-live': 'polite', 'data-testid': 'period' });
  const links = h('nav', { class: 'service-links', 'aria-label': 'Elsewhere in the playground' });
  const switches = h('div', { class: 'switches', role: 'radiogroup', 'aria-label': `What the app meets at ${title}` });
  const banner = h('div', { class: 'trouble-banner', role: 'alert', hidden: true, 'data-testid': 'trouble' });
  const body = h('main', { id: 'main', tabindex: '-1' });
  const arrow = (by, text) =>
    h('button', { type: 'button', class: 'btn icon', 'aria-label': text, title: text, 'data-testid': by < 0 ? 'previous' : 'next', onclick: () => go(place.step(here(), by)) }, by < 0 ? '‹' : '›');

  root.append(
    h('header', { class: 'service-head' },
      h('div', { class: 'service-name' }, h('h1', {}, title), h('span', { class: 'quiet' }, about)),
      links),
    h('div', { class: 'service-bar' },
      h('div', { class: 'period' },
        h('button', { type: 'button', class: 'btn', 'data-testid': 'today', onclick: () => go(today()) }, 'Today'),
        arrow(-1, `Previous ${place.unit}`), arrow(1, `Next ${place.unit}`), heading),
      h('div', { class: 'break' }, h('span', { class: 'quiet', 'aria-hidden': 'true' }, 'When the app calls:'), switches)),
    banner, body);

  let state = null;
  let drawn = '';
  const here = () => place.read(decodeURIComponent(location.hash.slice(1))) ?? today();
  const go = (day) => {
    location.hash = place.text(day);
  };

  let sayTimer;
  const say = (text) => {
    notices.textContent = text;
    clearTimeout(sayTimer);
    sayTimer = setTimeout(() => notices.replaceChildren(), 6000);
  };
  const send = async (path, payload, failed) => {
    const answer = await post(path, payload).catch(() => null);
    if (!answer?.ok) say(failed);
    return Boolean(answer?.ok);
  };

  const setTrouble = (kind) => send('/sim/faults', { kind }, 'That did not work. Is the playground still running?');
  const buttons = TROUBLE.map(([kind, label, what]) =>
    h('button', { type: 'button', role: 'radio', class: `switch ${kind === 'none' ? 'good' : 'bad'}`, 'data-kind': kind, 'data-testid': `trouble-${kind}`, title: what, onclick: () => setTrouble(kind) }, label));
  switches.append(...buttons);
  switches.addEventListener('keydown', (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const at = buttons.indexOf(document.activeElement);
    const next = buttons[(at + by + buttons.length) % buttons.length];
    next.focus();
    next.click();
  });

  function drawTrouble(faults) {
    const whole = faults.find((fault) => fault.method === '*');
    const kind = whole?.kind ?? (faults.length ? '' : 'none');
    for (const button of buttons) {
      const on = button.dataset.kind === kind;
      button.setAttribute('aria-checked', String(on));
      button.tabIndex = on || (!kind && button === buttons[0]) ? 0 : -1;
    }
    const text = whole
      ? `${TROUBLE.find(([one]) => one === kind)?.[2]}${whole.times ? ` (${whole.times} more)` : ''}.`
      : `${faults.map((fault) => fault.method).join(', ')} in trouble.`;
    banner.hidden = !faults.length;
    if (!faults.length) return banner.replaceChildren();
    if (banner.dataset.text === text && banner.childNodes.length) return;
    banner.dataset.text = text;
    banner.replaceChildren(h('span', {}, text),
      h('button', { type: 'button', class: 'btn small', 'data-testid': 'all-good', onclick: () => setTrouble('none').then(() => buttons[0].focus()) }, 'All good again'));
  }

  // What is drawn anew keeps the focus where it was.
  function render() {
    if (!state) return;
    drawTrouble(state.faults);
    heading.textContent = place.name(here());
    document.title = `${place.name(here())} · ${title}`;
    links.replaceChildren(...state.links.map((link) => h('a', { href: link.url, target: `playground-${link.label}` }, link.label)));
    const mark = JSON.stringify([state.shown, here(), dayText(today())]);
    if (mark === drawn) return;
    drawn = mark;
    const focus = document.activeElement?.dataset?.focus;
    body.replaceChildren(...draw(state.shown, here(), tools));
    if (focus) (body.querySelector(`[data-focus="${CSS.escape(focus)}"]`) ?? body).focus();
  }

  const tools = {
    say,
    go,
    remove: (id, name) => send('/sim/delete', { id: String(id) }, 'That is gone already.').then((ok) => ok && say(`Deleted “${name}” by hand, without the app.`)),
  };

  let fetching = false;
  let again = false;
  async function look() {
    if (fetching) {
      again = true;
      return;
    }
    fetching = true;
    do {
      again = false;
      try {
        const answer = await fetch('/sim/state');
        state = await answer.json();
        document.body.classList.remove('lost');
        render();
      } catch {
        document.body.classList.add('lost');
        notices.textContent = `${title} does not answer. Is the playground still running?`;
      }
    } while (again);
    fetching = false;
  }

  addEventListener('hashchange', render);
  addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest('input, select, textarea, [role="radiogroup"], dialog')) return;
    if (event.key === 'ArrowLeft') go(place.step(here(), -1));
    else if (event.key === 'ArrowRight') go(place.step(here(), 1));
    else if (event.key.toLowerCase() === 't') go(today());
  });
  const listen = () => {
    const source = new EventSource('/sim/events');
    source.onopen = () => {
      notices.replaceChildren();
      look();
    };
    source.onmessage = look;
    source.onerror = () => {
      document.body.classList.add('lost');
      notices.textContent = `${title} does not answer. Is the playground still running?`;
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
    };
  };
  listen();
  look();
}

// A small dialog that asks before something is deleted by hand.
export function askToDelete({ name, details, remove }) {
  const dialog = h('dialog', { class: 'ask', 'aria-labelledby': 'ask-title' },
    h('h2', { id: 'ask-title' }, name),
    details.map((line) => h('p', { class: 'quiet' }, line)),
    h('div', { class: 'ask-buttons' },
      h('button', { type: 'button', class: 'btn', onclick: () => dialog.close(), autofocus: true }, 'Close'),
      h('button', { type: 'button', class: 'btn danger', 'data-testid': 'delete', onclick: () => { dialog.close(); remove(); } }, 'Delete by hand')),
    h('p', { class: 'hint quiet' }, 'Deleting here is what a colleague could do in the real service: the app is not told.'));
  const back = document.activeElement;
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (back?.isConnected) back.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}
