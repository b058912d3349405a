// Slack's own short notices. They go away by themselves, but wait while the pointer or the focus is on them.

import { h } from './dom.js';
import { withEmoji } from './emoji.js';

const STAY = 9000;

export function createToasts(dismissOnServer) {
  const box = document.getElementById('toasts');
  const shown = new Map(); // id → node
  const recent = new Map(); // text → when
  let counter = 0;

  function add(id, text, gone) {
    let timer;
    const remove = () => {
      clearTimeout(timer);
      node.remove();
      shown.delete(id);
      gone?.();
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(remove, STAY);
    };
    const hold = () => clearTimeout(timer);
    const node = h('div', { class: 'toast', 'data-testid': 'toast', onmouseenter: hold, onmouseleave: wait, onfocusin: hold, onfocusout: wait },
      h('span', { class: 'toast-mark', 'aria-hidden': 'true' }, '!'),
      h('p', {}, withEmoji(text)),
      h('button', { type: 'button', class: 'btn ghost icon', 'aria-label': 'Dismiss', onclick: remove }, '✕'));
    shown.set(id, node);
    recent.set(text, Date.now());
    box.append(node);
    wait();
  }

  // The server's list for this person.
  const dismissed = new Set();
  function sync(list) {
    for (const { id, text } of list || []) {
      if (shown.has(`s${id}`) || dismissed.has(id)) continue;
      add(`s${id}`, text, () => {
        dismissed.add(id);
        dismissOnServer(id);
      });
    }
  }

  // A notice of the page's own; silent when the server has just said the same.
  function say(text) {
    if (Date.now() - (recent.get(text) || 0) < 4000) return;
    add(`p${++counter}`, text);
  }

  function clear() {
    for (const node of shown.values()) node.remove();
    shown.clear();
    dismissed.clear();
    recent.clear();
  }

  return { sync, say, clear };
}
