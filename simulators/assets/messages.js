// A list of messages: day dividers, groups, threads, ephemeral notes.

import { h, sign, popupMenu } from './dom.js';
import { mrkdwn } from './mrkdwn.js';
import { renderBlocks } from './blocks.js';
import { emoji, emojiNode, withEmoji } from './emoji.js';
import { fromSlackState } from './fields.js';
import { createComposer } from './composer.js';
import { asTyped } from './typed.js';
import * as dir from './directory.js';

export function avatar(id, { name, small } = {}) {
  const bot = dir.isApp(id);
  const node = h('span', { class: `avatar${bot ? ' app' : ''}${small ? ' small' : ''}`, 'aria-hidden': 'true' }, bot ? '' : dir.initials(name || dir.nameOf(id)));
  if (!bot) node.style.backgroundColor = dir.colourOf(id);
  return node;
}

// The sign of somebody's status beside their name; its words are read when it is pointed at.
export function statusSign(id) {
  const status = dir.statusOf(id);
  if (!status) return null;
  return h('span', { class: 'status', title: status.text, 'data-testid': `status-${id}`, role: 'img', 'aria-label': status.text }, withEmoji(status.emoji));
}

export const statusText = (id) => dir.statusOf(id)?.text || '';

const REACTIONS = ['+1', 'white_check_mark', 'heart', 'tada', 'eyes', 'palm_tree'];

// options: me() → user id, act(message, block, el, value), react(message, name), remove(message),
//          edit(message, text) → Promise<bool>, leave() after an edit, openThread(ts) or null in a thread, empty() → node
export function createMessageList(label, options) {
  const list = h('div', { class: 'messages', role: 'log', 'aria-live': 'polite', 'aria-label': label, tabindex: '0' });
  const jump = h('button', { type: 'button', class: 'jump', hidden: true, onclick: () => toEnd() }, 'New messages ↓');
  const root = h('div', { class: 'messages-frame' }, list, jump);
  const drawn = new Map(); // ts → {mark, node}
  const chosen = new Map(); // what was chosen in a message: "ts block action" → value
  let place = null;
  let shown = null;
  let editing = null; // the ts of the message that is being edited

  const nearEnd = () => list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const toEnd = () => {
    list.scrollTop = list.scrollHeight;
    jump.hidden = true;
  };
  let stick = true;
  list.addEventListener('scroll', () => {
    stick = nearEnd();
    if (stick) jump.hidden = true;
  });
  new ResizeObserver(() => { if (stick) list.scrollTop = list.scrollHeight; }).observe(list);
  list.addEventListener('load', () => { if (stick) list.scrollTop = list.scrollHeight; }, true);

  function render(where, messages) {
    const fresh = where !== place;
    if (fresh) {
      place = where;
      drawn.clear();
      chosen.clear();
      editing = null;
      list.replaceChildren();
      list.setAttribute('aria-busy', 'true');
      stick = true;
    }
    shown = messages;
    if (!messages) return;
    const wasNear = fresh || stick;
    const lastBefore = list.querySelector('.message:last-child')?.dataset.ts;
    const nodes = [];
    let day = null;
    let before = null;
    for (const message of messages) {
      const thisDay = dir.dayKey(message.ts);
      if (thisDay !== day) {
        day = thisDay;
        before = null;
        nodes.push(keyed(`day ${day}`, dir.version, () => h('div', { class: 'day', role: 'separator' }, h('span', {}, dir.longDay(message.ts)))));
      }
      const grouped = before && authorOf(before) === authorOf(message) && before.ephemeral === message.ephemeral &&
        !before.reply_count && !before.blocks?.length && dir.seconds(message.ts) - dir.seconds(before.ts) < 300;
      const mark = JSON.stringify([{ ...message, state: null }, grouped, dir.version, editing === message.ts]);
      nodes.push(keyed(message.ts, mark, () => draw(message, grouped)));
      before = message;
    }
    if (!messages.length) nodes.push(keyed('empty', dir.version, options.empty));
    const wanted = new Set(nodes);
    for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
    nodes.forEach((node, at) => {
      if (list.children[at] !== node) list.insertBefore(node, list.children[at] || null);
    });
    for (const [id, held] of drawn) if (!wanted.has(held.node)) drawn.delete(id);
    list.removeAttribute('aria-busy');
    const last = messages.at(-1);
    const mine = last && last.user === options.me();
    if (wasNear || (mine && last.ts !== lastBefore)) toEnd();
    else if (last && last.ts !== lastBefore) jump.hidden = false;
  }

  function keyed(id, mark, make) {
    const held = drawn.get(id);
    if (held?.mark === mark) return held.node;
    const node = make();
    // Keep the focus on the same button when a message is drawn again.
    const active = document.activeElement;
    if (held?.node.contains(active)) {
      const again = [...node.querySelectorAll('[data-action-id]')].find((one) => one.dataset.actionId === active.dataset.actionId && one.dataset.blockId === active.dataset.blockId);
      queueMicrotask(() => (again || list).focus?.({ preventScroll: true }));
    }
    drawn.set(id, { mark, node });
    return node;
  }

  const authorOf = (message) => `${message.user} ${message.username || ''}`;

  function draw(message, grouped) {
    const name = message.username || dir.nameOf(message.user);
    const byApp = dir.isApp(message.user);
    const time = h('time', { datetime: new Date(dir.seconds(message.ts) * 1000).toISOString(), title: dir.fullTime(message.ts) }, dir.clock(message.ts));
    const ctx = {
      kind: 'message',
      get: (block, el) => chosen.get(`${message.ts} ${block.block_id} ${el.action_id}`)
        ?? fromSlackState(el, message.state?.values?.[block.block_id]?.[el.action_id]),
      set: (block, el, value) => chosen.set(`${message.ts} ${block.block_id} ${el.action_id}`, value),
      act: (block, el, value) => options.act(message, block, el, value),
    };
    const shownBlocks = message.blocks?.length;
    return h('article', {
      class: `message${grouped ? ' grouped' : ''}${message.ephemeral ? ' ephemeral' : ''}`,
      'data-ts': message.ts, 'data-user': message.user, 'aria-label': `${name}, ${dir.clock(message.ts)}`,
    },
      h('div', { class: 'gutter' }, grouped ? time : message.icon_emoji && emoji(message.icon_emoji.replace(/:/g, ''))
        ? h('span', { class: 'avatar plain', 'aria-hidden': 'true' }, emoji(message.icon_emoji.replace(/:/g, '')))
        : avatar(message.user, { name })),
      h('div', { class: 'message-body' },
        message.ephemeral && h('p', { class: 'only-you' }, h('span', { 'aria-hidden': 'true' }, '◉ '), 'Only visible to you'),
        !grouped && h('div', { class: 'byline' }, h('strong', { class: 'author' }, name), statusSign(message.user), byApp && h('span', { class: 'badge' }, 'APP'), time),
        shownBlocks
          ? h('div', { class: 'blocks' }, renderBlocks(message.blocks, ctx))
          : editing === message.ts ? editor(message) : h('div', { class: 'text' }, mrkdwn(message.text)),
        message.edited && h('span', { class: 'edited' }, '(edited)'),
        message.reactions?.length > 0 && h('div', { class: 'reactions' }, message.reactions.map((one) =>
          h('button', {
            type: 'button', class: 'reaction', 'data-reaction': one.name, 'aria-pressed': String(Boolean(one.users?.includes(options.me()))),
            title: (one.users || []).map(dir.nameOf).join(', '), onclick: () => options.react(message, one.name),
          }, emoji(one.name) ? emojiNode(one.name) : `:${one.name}:`, ` ${one.users?.length || 1}`))),
        options.openThread && message.reply_count > 0 && h('button', {
          type: 'button', class: 'replies', 'data-testid': 'open-thread', onclick: () => options.openThread(message.ts),
        }, message.reply_count === 1 ? '1 reply' : `${message.reply_count} replies`)),
      !message.ephemeral && editing !== message.ts && tools(message));
  }

  function tools(message) {
    const react = h('button', { type: 'button', class: 'btn small', 'data-testid': 'react' }, 'React');
    popupMenu(react, (close) => REACTIONS.map((name) => h('button', {
      type: 'button', role: 'menuitem', class: 'menu-item', 'data-reaction': name,
      onclick: () => {
        close();
        options.react(message, name);
      },
    }, emojiNode(name), ` ${name.replace(/_/g, ' ')}`)), { label: 'Reactions' });
    const own = message.user === options.me() && !message.blocks?.length;
    return h('div', { class: 'tools' },
      options.openThread && h('button', { type: 'button', class: 'btn small', 'aria-label': 'Reply in thread', title: 'Reply in thread', 'data-testid': 'reply-in-thread', onclick: () => options.openThread(message.ts) }, sign('reply'), 'Reply'),
      h('div', { class: 'menu-anchor' }, react),
      own && h('button', { type: 'button', class: 'btn small', 'data-testid': 'edit-message', onclick: () => edit(message.ts) }, 'Edit'),
      own && h('button', { type: 'button', class: 'btn small', 'data-testid': 'delete-message', onclick: () => options.remove(message) }, 'Delete'));
  }

  function edit(ts) {
    editing = ts;
    render(place, shown);
    // After the list has put the focus back where the button was.
    queueMicrotask(() => {
      const box = list.querySelector('[data-testid="edit-composer"]');
      if (!box) return options.leave();
      box.focus();
      box.dispatchEvent(new Event('input'));
    });
  }

  function editor(message) {
    let draft = asTyped(message.text);
    const stop = () => edit(null);
    const box = createComposer({
      label: 'Edit the message', testid: 'edit-composer', commands: () => [],
      draft: { get: () => draft, set: (text) => { draft = text; } },
      send: async (_, text) => {
        const good = await options.edit(message, text);
        if (good) stop();
        return good;
      },
    });
    box.reset('Edit the message');
    box.root.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      event.stopPropagation();
      stop();
    });
    return h('div', { class: 'editor' }, box.root, h('button', { type: 'button', class: 'btn small', onclick: stop }, 'Cancel'));
  }

  return { root, list, render, toEnd };
}
