// Pretend Slack: where we are, what the server says, and what is drawn.
//
// The hash is the place: #team=T&as=U&channel=C[&tab=home][&thread=TS]. A reload or a second window stays there.
// In a link, C may also be a channel's name, or "app" for the conversation with the app.

import { h, sign } from './dom.js';
import * as api from './api.js';
import * as dir from './directory.js';
import { createToasts } from './toasts.js';
import { createModals } from './modal.js';
import { createFaults } from './faults.js';
import { createSidebar } from './sidebar.js';
import { createMessageList, avatar } from './messages.js';
import { createComposer } from './composer.js';
import { renderBlocks } from './blocks.js';
import { confirmBox } from './confirm.js';
import { fromSlackState } from './fields.js';

const main = document.getElementById('main');
const side = document.getElementById('thread');
const TROUBLE = 'Pretend Slack does not answer. Is it still running?';

let here = {}; // team, as, channel, tab, thread
let state = null;
const cache = new Map(); // "channel" or "channel thread" → messages
const drafts = new Map();
let stopListening = null;
let listeningFor = '';

// ---- the place ----

const readHash = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

// The place after a step: another team or person leaves what belongs to the old one.
function step(change) {
  const next = { ...here, ...change };
  if (change.team && change.team !== here.team) return { team: change.team, ...('as' in change ? { as: change.as } : {}) };
  if (change.as && change.as !== here.as) {
    const shared = (state?.channels || []).some((c) => c.id === here.channel && !c.is_private);
    const inApp = (state?.dms || []).some((dm) => dm.id === here.channel && dm.with === state.app?.bot_user_id);
    return { team: next.team, as: next.as, ...(inApp ? { channel: 'app' } : shared ? { channel: here.channel } : {}) };
  }
  if (change.channel) return { team: next.team, as: next.as, channel: next.channel, tab: change.tab, thread: change.thread };
  return next;
}

function hashOf(place) {
  const pairs = ['team', 'as', 'channel', 'tab', 'thread'].filter((name) => place[name]).map((name) => [name, place[name]]);
  return `#${new URLSearchParams(pairs)}`;
}

const link = (change) => hashOf(step(change));

function go(change, { replace = false } = {}) {
  const hash = link(change);
  if (hash === location.hash) return;
  if (replace) {
    history.replaceState(null, '', hash);
    arrive();
  } else {
    location.hash = hash;
  }
}

addEventListener('hashchange', () => {
  const to = readHash();
  // A link from inside a message names only a channel.
  if (!to.as && to.channel && here.as) return go({ channel: to.channel }, { replace: true });
  arrive();
});

let lastHome = '';
function arrive() {
  const before = here;
  here = readHash();
  const samePerson = before.team === here.team && before.as === here.as;
  if (!samePerson || !state) {
    state = null;
    cache.clear();
    lastHome = '';
    toasts.clear();
    refresh({ state: true });
    return;
  }
  draw();
  if (before.channel !== here.channel || before.thread !== here.thread || before.tab !== here.tab) {
    refresh({ messages: true });
    if (here.thread && before.thread !== here.thread) threadComposer.focus();
    else if (before.channel !== here.channel) composer.focus();
  }
}

// ---- what the server says ----

let wanted = { state: false, messages: false };
let running = null;

function refresh(what) {
  wanted = { state: wanted.state || what.state, messages: wanted.messages || what.messages };
  running ??= (async () => {
    try {
      while (wanted.state || wanted.messages) {
        const now = wanted;
        wanted = { state: false, messages: false };
        await load(now);
      }
    } catch (error) {
      online(false);
      console.warn(error);
      setTimeout(() => refresh({ state: true, messages: true }), 2000);
    } finally {
      running = null;
    }
  })();
  return running;
}

async function load(now) {
  if (now.state || !state) {
    const { team, as } = here;
    const fresh = await api.getState(team, as);
    if (team !== here.team || as !== here.as) return;
    if (!settle(fresh)) return;
    state = fresh;
    signIn();
    dir.setDirectory(state);
    draw();
    listen();
  }
  if (now.messages || !cache.has(here.channel) || (here.thread && !cache.has(threadKey()))) {
    const { team, as, channel, thread } = here;
    if (!channel) return;
    const [list, replies] = await Promise.all([
      api.getMessages(team, as, channel),
      thread ? api.getMessages(team, as, channel, thread) : null,
    ]);
    if (team !== here.team || as !== here.as) return;
    cache.set(channel, list);
    if (thread) cache.set(`${channel} ${thread}`, replies);
    draw();
  }
  online(true);
}

// Fills in what the hash leaves open. False when the state must be asked for again.
function settle(fresh) {
  const person = fresh.me && !fresh.me.deleted ? fresh.me.id : null;
  if (!person) {
    const first = (fresh.people || []).find((p) => !p.is_bot && !p.deleted && p.id !== here.as);
    const team = fresh.team?.id || fresh.teams?.[0]?.id;
    if (first && team) go({ team, as: first.id }, { replace: true });
    else {
      main.replaceChildren(h('p', { class: 'loading' }, 'Nobody works here yet.'));
    }
    return false;
  }
  const named = here.channel === 'app'
    ? fresh.dms?.find((dm) => dm.with === fresh.app?.bot_user_id)
    : fresh.channels?.find((c) => c.name === here.channel);
  if (named) {
    here = { ...here, team: here.team || fresh.team.id, channel: named.id };
    history.replaceState(null, '', hashOf(here));
  }
  const known = [...(fresh.channels || []), ...(fresh.dms || [])].some((c) => c.id === here.channel);
  if (!here.team || !known) {
    const first = (fresh.channels || []).find((c) => c.is_member !== false) || fresh.channels?.[0] || fresh.dms?.[0];
    here = { team: here.team || fresh.team.id, as: here.as, channel: first?.id };
    history.replaceState(null, '', hashOf(here));
  }
  return true;
}

// A browser is signed in to Slack as somebody, and Slack's other pages ask by this who it is: whoever was here last.
function signIn() {
  if (here.team && here.as) document.cookie = `pretend_slack=${here.team}~${here.as}; path=/; SameSite=Lax`;
}
addEventListener('pointerdown', signIn, true);
addEventListener('keydown', signIn, true);

function listen() {
  const who = `${here.team} ${here.as}`;
  if (who === listeningFor) return;
  stopListening?.();
  listeningFor = who;
  stopListening = api.listen(here.team, here.as, {
    open: () => refresh({ state: true, messages: true }),
    lost: () => online(false),
    changed(list) {
      const messages = list.filter((one) => one.startsWith('messages:')).map((one) => one.slice(9));
      for (const id of messages) {
        if (id === here.channel) continue;
        for (const key of [...cache.keys()]) if (key.split(' ')[0] === id) cache.delete(key);
      }
      refresh({ state: list.includes('state') || messages.some((id) => id !== here.channel), messages: messages.includes(here.channel) });
    },
  });
}

const offline = h('p', { class: 'offline', role: 'status', hidden: true }, 'Not connected. Trying again…');
function online(yes) {
  offline.hidden = yes;
}

// ---- what a person does ----

async function send(command) {
  const who = { team: here.team, as: here.as };
  let answer;
  try {
    answer = await api.act({ ...who, ...command });
  } catch {
    answer = { ok: false, error: TROUBLE, errors: null };
  }
  await refresh({ state: true, messages: true });
  return answer;
}

async function sendAndTell(command) {
  const answer = await send(command);
  if (!answer.ok && answer.error) toasts.say(answer.error);
  return answer;
}

async function write(text, escaped, thread) {
  const command = text.match(/^(\/[^\s/]+)(?:\s+([\s\S]*))?$/);
  if (command) {
    const known = commands().map((one) => one.command);
    if (!known.includes(command[1])) {
      const instead = known.length ? `Try ${known.join(' or ')}.` : `${state.app?.name || 'The app'} is not in this workspace.`;
      toasts.say(`“${command[1]}” is not a command here. ${instead}`);
      return false;
    }
    if (thread) {
      toasts.say(`${command[1]} does not work in threads. Write it in the channel.`);
      return false;
    }
    return (await sendAndTell({ do: 'command', channel: here.channel, command: command[1], text: command[2] || '' })).ok;
  }
  return (await sendAndTell({ do: 'message', channel: here.channel, text: escaped, ...(thread ? { thread_ts: thread } : {}) })).ok;
}

const press = (message, block, el, value) =>
  sendAndTell({ do: 'press', channel: here.channel, ts: message.ts, block_id: block.block_id, action_id: el.action_id, value });

const deeds = {
  act: press,
  me: () => here.as,
  react: (message, name) => sendAndTell({ do: 'react', channel: here.channel, ts: message.ts, name }),
  edit: async (message, text) => (await sendAndTell({ do: 'edit', channel: here.channel, ts: message.ts, text })).ok,
  remove: async (message) => {
    const sure = await confirmBox({ title: 'Delete this message?', text: 'It is gone for everyone.', confirm: 'Delete', deny: 'Keep it', style: 'danger' });
    if (sure) sendAndTell({ do: 'delete', channel: here.channel, ts: message.ts });
  },
};


// ---- the parts ----

const toasts = createToasts((id) => api.act({ team: here.team, as: here.as, do: 'dismiss', toast: id }).catch(() => {}));
const modals = createModals(send);
const faults = createFaults(async (body) => {
  const answer = await api.setFault(body);
  refresh({ state: true });
  return answer;
}, toasts.say);
const sidebar = createSidebar(document.getElementById('sidebar'), { link, go }, faults);

const threadKey = () => `${here.channel} ${here.thread}`;
const draftOf = (key) => ({ get: () => drafts.get(key()) || '', set: (text) => drafts.set(key(), text) });
const commands = () => state?.app?.commands || [];

const list = createMessageList('Messages', { ...deeds, leave: () => composer.focus(), openThread: (ts) => go({ thread: ts }), empty: emptyPlace });
const composer = createComposer({
  label: 'Message', testid: 'composer', commands, draft: draftOf(() => `${here.as} ${here.channel}`), send: (text, escaped) => write(text, escaped, null),
});
const replies = createMessageList('Thread', { ...deeds, leave: () => threadComposer.focus(), openThread: null, empty: () => h('p', { class: 'quiet' }, 'This message is gone.') });
const threadComposer = createComposer({
  label: 'Reply', testid: 'thread-composer', commands: () => [], draft: draftOf(() => `${here.as} ${threadKey()}`), send: (text, escaped) => write(text, escaped, here.thread),
});

const title = h('h2', { class: 'title', 'data-testid': 'channel-title' });
const topic = h('p', { class: 'topic' });
const tabs = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'App', hidden: true });
const hint = h('div', { class: 'first-hint', 'data-testid': 'hint', hidden: true });
// In place of the app, where it is not installed.
const missing = h('div', { class: 'missing', 'data-testid': 'not-installed', hidden: true });
const join = h('div', { class: 'join', hidden: true }, h('p', {}, 'You are not in this channel.'),
  h('button', { type: 'button', class: 'btn primary', 'data-testid': 'join', onclick: () => sendAndTell({ do: 'join', channel: here.channel }).then(() => composer.focus()) }, 'Join'));
const home = h('section', { class: 'home', id: 'home-panel', role: 'tabpanel', 'aria-label': 'Home', 'data-testid': 'home', tabindex: '0', hidden: true });
const talk = h('section', { class: 'talk', id: 'talk-panel', 'aria-label': 'Messages' }, list.root, hint, composer.root, join);
main.append(h('header', { class: 'main-head' }, h('div', { class: 'main-title' }, title, topic), tabs), offline, missing, home, talk);
side.append(
  h('header', { class: 'main-head' }, h('div', { class: 'main-title' }, h('h2', { class: 'title' }, 'Thread')),
    h('button', { type: 'button', class: 'btn ghost icon', 'aria-label': 'Close thread', 'data-testid': 'close-thread', onclick: closeThread }, '✕')),
  replies.root, threadComposer.root);
side.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !event.defaultPrevented) closeThread();
});

function closeThread() {
  go({ thread: undefined });
  composer.focus();
}

function howTo() {
  if (!state.app?.installed) return [h('p', {}, `People can talk here. ${state.app?.name || 'The app'} does not read it: it is not in this workspace.`)];
  const command = commands()[0]?.command || '/timeoff';
  return [h('p', {}, 'Write “on leave tomorrow” in #leave and look into the thread, or type ', h('code', {}, command), ': that is answered under Direct messages. To approve, switch the person at the top left.')];
}

function emptyPlace() {
  const channel = state.channels?.find((c) => c.id === here.channel);
  const dm = state.dms?.find((d) => d.id === here.channel);
  const name = channel ? `#${channel.name}` : dm ? dir.nameOf(dm.with) : '';
  return h('div', { class: 'empty' },
    dm ? avatar(dm.with) : h('span', { class: 'avatar plain', 'aria-hidden': 'true' }, '#'),
    h('h3', {}, dm?.with === here.as ? 'A place for your own notes' : channel ? `This is the start of ${name}` : `This is the start of your talk with ${name}`),
    dm?.with === state.app?.bot_user_id && state.app?.description ? h('p', {}, state.app.description) : null,
    howTo());
}

// Private windows may refuse to keep things; then the hint simply comes again.
const seen = {
  get: () => { try { return localStorage.getItem('hint'); } catch { return null; } },
  set: () => { try { localStorage.setItem('hint', 'seen'); } catch { /* fine */ } },
};
hint.append(...[h('div', { class: 'first-hint-text' }), h('button', { type: 'button', class: 'btn small', onclick: () => { seen.set(); draw(); composer.focus(); } }, 'Got it')]);

// ---- drawing ----

let drawnPlace = '';
let homeMark = '';
let shownHome = null;

function draw() {
  if (!state) return;
  const channel = state.channels?.find((c) => c.id === here.channel);
  const dm = state.dms?.find((d) => d.id === here.channel);
  const inApp = Boolean(dm && dm.with === state.app?.bot_user_id);
  const onHome = inApp && here.tab === 'home';
  const name = channel ? channel.name : dm ? dir.nameOf(dm.with) : '';

  sidebar.render(state, here);
  faults.sync(state.faults);
  toasts.sync(state.toasts);

  const place = `${here.team} ${here.as} ${here.channel} ${here.tab || ''}`;
  const label = channel ? `Message #${name}` : dm?.with === here.as ? 'Write yourself a note' : `Message ${name}`;
  title.replaceChildren(...(channel ? [h('span', { class: 'hash', 'aria-hidden': 'true' }, channel.is_private ? sign('lock') : '#'), name] : dm ? [avatar(dm.with, { small: true }), ' ', name, inApp ? h('span', { class: 'badge' }, 'APP') : ''] : ['']));
  topic.textContent = channel ? channel.topic || '' : inApp ? state.app.description || '' : dir.person(dm?.with)?.title || '';
  if (place !== drawnPlace) {
    drawnPlace = place;
    composer.reset(label);
    tabs.hidden = !inApp;
    tabs.replaceChildren(...(inApp ? [tab('Home', 'home', onHome), tab('Messages', '', !onHome)] : []));
    home.hidden = !onHome;
    talk.hidden = onHome;
    if (inApp) talk.setAttribute('role', 'tabpanel');
    else talk.removeAttribute('role');
  }

  join.hidden = !channel || channel.is_member !== false;
  composer.root.hidden = !join.hidden;
  const messages = cache.get(here.channel);
  if (onHome) drawHome();
  else {
    list.render(`${here.as} ${here.channel}`, messages?.filter((m) => !m.thread_ts || m.thread_ts === m.ts));
    hint.hidden = Boolean(seen.get()) || !state.app?.installed || !messages?.length || !join.hidden;
    if (!hint.hidden) hint.firstChild.replaceChildren(...howTo());
  }
  if (onHome && lastHome !== place) {
    lastHome = place;
    sendAndTell({ do: 'home' });
  } else if (!onHome) lastHome = '';

  missing.hidden = Boolean(state.app?.installed);
  if (!missing.hidden) {
    const { name: appName, install_url: url } = state.app;
    // The button first: notices cover the right.
    missing.replaceChildren(url ? h('a', { class: 'btn primary', href: url, 'data-testid': 'add-app' }, `Add ${appName}`) : '',
      h('p', {}, h('strong', {}, `${appName} is not in ${state.team.name}.`), ' An admin of the workspace can add it.'));
  }

  side.hidden = !here.thread || onHome;
  if (!side.hidden) {
    const key = `${here.as} ${threadKey()}`;
    if (side.dataset.key !== key) {
      side.dataset.key = key;
      threadComposer.reset('Reply…');
    }
    replies.render(key, threadMessages(messages));
  } else delete side.dataset.key;
  document.getElementById('app').classList.toggle('with-thread', !side.hidden);

  modals.sync(state.modals);

  const unread = [...(state.channels || []), ...(state.dms || [])].reduce((sum, one) => sum + (one.unread || 0), 0);
  document.title = `${unread ? `(${unread}) ` : ''}${channel ? `#${name}` : name} · ${dir.nameOf(here.as)} · Pretend Slack`;
  markRead((channel || dm)?.unread, onHome);
}

function tab(text, id, selected) {
  return h('button', {
    type: 'button', role: 'tab', class: 'tab', 'aria-selected': String(selected), 'data-testid': `tab-${id || 'messages'}`,
    'aria-controls': id ? 'home-panel' : 'talk-panel', tabindex: selected ? '0' : '-1',
    onclick: () => go({ tab: id || undefined, thread: undefined }),
    onkeydown: (event) => {
      if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
      go({ tab: id ? undefined : 'home', thread: undefined });
      setTimeout(() => tabs.querySelector('[aria-selected="true"]')?.focus());
    },
  }, text);
}

// Notes that only this person sees may belong to the thread, too.
function threadMessages(messages) {
  const found = cache.get(threadKey());
  if (!found) return undefined;
  const have = new Set(found.map((m) => m.ts));
  const own = (messages || []).filter((m) => m.ephemeral && m.thread_ts === here.thread && !have.has(m.ts));
  return [...found, ...own].sort((a, b) => Number(a.ts) - Number(b.ts));
}

function drawHome() {
  const view = state.home;
  const mark = JSON.stringify([view && { ...view, state: null }, dir.version]);
  if (mark === homeMark && home.childElementCount) return;
  homeMark = mark;
  const focus = home.contains(document.activeElement) ? document.activeElement.dataset : null;
  const scroll = home.scrollTop;
  const same = shownHome?.id === view?.id;
  shownHome = view && { id: view.id, values: (same && shownHome?.values) || new Map() };
  const { values } = shownHome || {};
  const key = (block, el) => `${block.block_id} ${el.action_id}`;
  const ctx = {
    kind: 'home',
    get: (block, el) => values.get(key(block, el)) ?? fromSlackState(el, view.state?.values?.[block.block_id]?.[el.action_id]),
    set: (block, el, value) => values.set(key(block, el), value),
    act: (block, el, value) => sendAndTell({ do: 'home_action', block_id: block.block_id, action_id: el.action_id, value }),
  };
  home.replaceChildren(view?.blocks?.length
    ? h('div', { class: 'blocks home-blocks' }, renderBlocks(view.blocks, ctx))
    : h('div', { class: 'empty' }, avatar(state.app?.bot_user_id), h('h3', {}, 'Nothing here yet'),
      h('p', {}, 'The app fills this page when you open it. If it stays empty, see if the app is running.'), howTo()));
  home.scrollTop = scroll;
  if (focus?.actionId) [...home.querySelectorAll('[data-action-id]')].find((node) => node.dataset.actionId === focus.actionId && node.dataset.blockId === focus.blockId)?.focus({ preventScroll: true });
}

let reading = '';
function markRead(unread, onHome) {
  if (!unread || onHome || document.hidden || !cache.has(here.channel)) return;
  const mark = `${here.as} ${here.channel} ${unread} ${cache.get(here.channel).at(-1)?.ts}`;
  if (mark === reading) return;
  reading = mark;
  api.act({ team: here.team, as: here.as, do: 'read', channel: here.channel }).then(() => refresh({ state: true })).catch(() => { reading = ''; });
}
document.addEventListener('visibilitychange', () => draw());

here = readHash();
refresh({ state: true });
