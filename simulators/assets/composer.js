// The box at the foot of a conversation. Suggests the app's commands after "/" and people after "@".

import { h, sign, uid } from './dom.js';
import { asSlack } from './typed.js';
import * as dir from './directory.js';

// options: label, testid, commands() → [{command, hint, description}], send(text) → Promise<bool>,
//          draft: {get(), set(text)}
export function createComposer(options) {
  const listId = uid('suggest');
  const box = h('textarea', {
    class: 'composer-box', rows: 1, 'data-testid': options.testid, role: 'combobox', 'aria-autocomplete': 'list',
    'aria-expanded': 'false', 'aria-controls': listId, 'aria-label': options.label, placeholder: options.label,
    autocomplete: 'off', spellcheck: 'true',
  });
  const list = h('ul', { class: 'suggest', id: listId, role: 'listbox', 'aria-label': 'Suggestions', hidden: true });
  const tip = h('p', { class: 'tip', hidden: true });
  const button = h('button', { type: 'submit', class: 'btn primary send', 'aria-label': 'Send', title: 'Send (Enter)', 'data-testid': `${options.testid}-send` }, sign('send'));
  const root = h('form', { class: 'composer' }, list, tip, h('div', { class: 'composer-row' }, box, button));
  let offers = [];
  let at = 0;

  const grow = () => {
    box.style.height = 'auto';
    box.style.height = `${Math.min(box.scrollHeight + 2, 180)}px`;
  };

  const close = () => {
    offers = [];
    list.hidden = true;
    list.replaceChildren();
    box.setAttribute('aria-expanded', 'false');
    box.removeAttribute('aria-activedescendant');
  };

  function mark(next) {
    at = (next + offers.length) % offers.length;
    [...list.children].forEach((node, index) => node.setAttribute('aria-selected', String(index === at)));
    box.setAttribute('aria-activedescendant', list.children[at].id);
    list.children[at].scrollIntoView({ block: 'nearest' });
  }

  function suggest() {
    const before = box.value.slice(0, box.selectionStart);
    const commands = options.commands();
    const known = commands.find((one) => box.value === one.command || box.value.startsWith(`${one.command} `));
    const usage = known && box.value.includes(' ') ? known : null;
    tip.hidden = !usage;
    tip.textContent = usage ? [`${usage.command} ${usage.hint || ''}`.trim(), usage.description].filter(Boolean).join('  ·  ') : '';

    const slash = before.match(/^\/\S*$/);
    const person = before.match(/(?:^|\s)@([\p{L}\p{N}._-]*)$/u);
    if (slash) {
      offers = commands.filter((one) => one.command.startsWith(slash[0])).map((one) => ({
        key: one.command, from: 0, text: `${one.command} `,
        show: [h('strong', {}, one.command), ' ', h('span', { class: 'quiet' }, one.hint || ''), h('small', {}, one.description || '')],
      }));
    } else if (person) {
      const wanted = person[1].toLowerCase();
      offers = dir.allPeople().filter((p) => !p.deleted && (dir.nameOf(p.id).toLowerCase().includes(wanted) || (p.name || '').toLowerCase().startsWith(wanted)))
        .slice(0, 8).map((p) => ({
          key: p.id, from: before.length - person[1].length - 1, text: `@${dir.tagOf(p.id)} `,
          show: [h('strong', {}, dir.nameOf(p.id)), dir.tagOf(p.id) !== dir.nameOf(p.id) && h('span', { class: 'quiet' }, ` @${p.name}`), h('small', {}, p.title || '')],
        }));
    } else {
      offers = [];
    }
    if (!offers.length) return close();
    list.replaceChildren(...offers.map((offer, index) =>
      h('li', {
        role: 'option', id: `${listId}-${index}`, 'data-suggestion': offer.key, 'aria-selected': 'false',
        onpointerdown: (event) => {
          event.preventDefault();
          at = index;
          complete();
        },
      }, offer.show)));
    list.hidden = false;
    box.setAttribute('aria-expanded', 'true');
    mark(0);
  }

  function complete() {
    const offer = offers[at];
    const tail = box.value.slice(box.selectionStart).replace(/^ /, '');
    box.value = box.value.slice(0, offer.from) + offer.text + tail;
    const caret = offer.from + offer.text.length;
    box.setSelectionRange(caret, caret);
    options.draft.set(box.value);
    close();
    suggest();
    grow();
  }

  async function send() {
    const text = box.value.trim();
    if (!text) return;
    close();
    tip.hidden = true;
    box.value = '';
    options.draft.set('');
    grow();
    const good = await options.send(text, asSlack(text));
    if (!good && !box.value) {
      box.value = text;
      options.draft.set(text);
      grow();
    }
  }

  root.addEventListener('submit', (event) => {
    event.preventDefault();
    send();
    box.focus();
  });
  box.addEventListener('input', () => {
    options.draft.set(box.value);
    grow();
    suggest();
  });
  box.addEventListener('blur', close);
  box.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (offers.length) {
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        return mark(at + (event.key === 'ArrowDown' ? 1 : -1));
      }
      if (event.key === 'Tab' && !event.shiftKey) {
        event.preventDefault();
        return complete();
      }
      if (event.key === 'Escape') {
        event.preventDefault();
        event.stopPropagation();
        return close();
      }
      const whole = box.value.trim() === offers[at].text.trim();
      if (event.key === 'Enter' && !event.shiftKey && !whole) {
        event.preventDefault();
        return complete();
      }
    }
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  });

  function reset(label) {
    box.setAttribute('aria-label', label);
    box.placeholder = label;
    box.value = options.draft.get();
    close();
    tip.hidden = true;
    grow();
  }

  return { root, box, reset, focus: () => box.focus() };
}
