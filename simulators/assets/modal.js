// The app's modal: shows the top of the stack, keeps what was typed, sends it.

import { h, uid, trapFocus, FOCUSABLE, visible } from './dom.js';
import { textNodes, plain } from './mrkdwn.js';
import { renderBlock, flushWaiting } from './blocks.js';
import * as fields from './fields.js';

// send(command) → Promise<{ok, error, errors}>
export function createModals(send) {
  const values = new Map(); // view id → Map("block␟action" → {type, value})
  let shown = null; // the open dialog
  let focusBefore = null;

  const key = (block, el) => `${block.block_id}\u001f${el.action_id}`;

  function remember(view) {
    const old = values.get(view.id) || new Map();
    const now = new Map();
    for (const block of view.blocks || []) {
      for (const el of fields.elementsOf(block)) {
        if (!fields.holdsValue(el.type)) continue;
        const kept = old.get(key(block, el));
        const sent = fields.fromSlackState(el, view.state?.values?.[block.block_id]?.[el.action_id]);
        const value = kept && kept.type === el.type ? kept.value : sent ?? fields.firstValue(el);
        now.set(key(block, el), { type: el.type, value: fields.stillValid(el, value), block: block.block_id, action: el.action_id });
      }
    }
    values.set(view.id, now);
  }

  function stateOf(view) {
    const state = {};
    for (const { block, action, value } of values.get(view.id)?.values() || []) {
      state[block] ??= {};
      state[block][action] = fields.isEmpty(value) && !Array.isArray(value) ? null : value;
    }
    return state;
  }

  function context(view) {
    return {
      kind: 'modal',
      get: (block, el) => values.get(view.id)?.get(key(block, el))?.value,
      set: (block, el, value) => {
        const held = values.get(view.id)?.get(key(block, el));
        if (held) held.value = value;
        clearError(block.block_id);
      },
      act: async (block, el, value) => {
        const mine = shown;
        mine?.working(1);
        try {
          return await send({ do: 'modal_action', view_id: view.id, block_id: block.block_id, action_id: el.action_id, value, state: stateOf(view) });
        } finally {
          mine?.working(-1);
        }
      },
    };
  }

  // ---- errors ----

  const fieldOf = (blockId) => shown && [...shown.body.children].find((node) => node.dataset.blockId === blockId);

  function clearError(blockId) {
    const field = fieldOf(blockId);
    const note = field?.querySelector('.field-error');
    if (!note || note.hidden) return;
    note.hidden = true;
    note.textContent = '';
    field.classList.remove('wrong');
    field.querySelectorAll('[aria-invalid]').forEach((node) => node.removeAttribute('aria-invalid'));
    delete shown.errors[blockId];
  }

  function paintErrors(errors, { focus = true } = {}) {
    shown.errors = { ...errors };
    const lost = [];
    for (const [blockId, message] of Object.entries(errors)) {
      const field = fieldOf(blockId);
      const note = field?.querySelector('.field-error');
      if (!note) {
        lost.push(message);
        continue;
      }
      note.textContent = message;
      note.hidden = false;
      field.classList.add('wrong');
      const control = field.querySelector('input, select, textarea');
      control?.setAttribute('aria-invalid', 'true');
    }
    const first = [...shown.body.children].find((node) => node.classList.contains('wrong'));
    if (focus) {
      first?.querySelector('input, select, textarea')?.focus();
      first?.scrollIntoView({ block: 'nearest' });
    }
    if (lost.length) trouble(lost.join(' '));
  }

  function trouble(text) {
    if (!shown) return;
    shown.note.textContent = text || '';
    shown.note.hidden = !text;
  }

  // ---- sending ----

  async function submit() {
    const mine = shown;
    if (!mine || mine.sending) return;
    const { view } = mine;
    trouble('');
    const wrong = {};
    for (const block of view.blocks || []) {
      if (block.type !== 'input') continue;
      const held = values.get(view.id)?.get(key(block, block.element || {}));
      const message = held && complaintAbout(block, held.value, mine);
      if (message) wrong[block.block_id] = message;
    }
    [...mine.body.children].forEach((node) => clearError(node.dataset.blockId));
    if (Object.keys(wrong).length) return paintErrors(wrong);

    mine.sending = true;
    mine.working(1, true);
    let answer;
    try {
      await flushWaiting();
      answer = await send({ do: 'submit', view_id: view.id, state: stateOf(view) });
    } finally {
      mine.sending = false;
      mine.working(-1, true);
    }
    if (shown !== mine) return;
    if (answer.errors && Object.keys(answer.errors).length) paintErrors(answer.errors);
    else if (!answer.ok) trouble(answer.error || 'We had some trouble connecting. Try again?');
  }

  // A date field that is half typed has no value, but is not simply empty.
  function complaintAbout(block, value, mine) {
    const control = [...mine.body.querySelectorAll('input')].find((node) => node.dataset.blockId === block.block_id && node.dataset.actionId === block.element.action_id);
    if (control?.validity?.badInput) return block.element.type === 'timepicker' ? 'Please enter a full time.' : 'Please enter a full date.';
    return fields.complaint(block, value);
  }

  async function close() {
    const mine = shown;
    if (!mine || mine.closing) return;
    mine.closing = true;
    const answer = await send({ do: 'close', view_id: mine.view.id });
    mine.closing = false;
    if (shown === mine && !answer.ok) trouble(answer.error || 'This did not close. Try again?');
  }

  // ---- drawing ----

  function open(view) {
    const titleId = uid('modal');
    const body = h('div', { class: 'dialog-body blocks' });
    const note = h('p', { class: 'form-note', role: 'alert', 'data-testid': 'modal-error', hidden: true });
    const head = h('h2', { id: titleId });
    const bar = h('div', { class: 'bar', 'aria-hidden': 'true' });
    const foot = h('footer', { class: 'dialog-foot' });
    const box = h('form', { class: 'dialog', role: 'dialog', 'aria-modal': 'true', 'aria-labelledby': titleId, 'data-testid': 'modal', novalidate: true, tabindex: '-1' },
      h('header', { class: 'dialog-head' }, h('span', { class: 'avatar app small', 'aria-hidden': 'true' }), head,
        h('button', { type: 'button', class: 'btn ghost icon', 'aria-label': 'Close', title: 'Close (Esc)', 'data-testid': 'modal-close', onclick: close }, '✕')),
      bar, body, note, foot);
    const veil = h('div', { class: 'veil' }, box);
    box.addEventListener('submit', (event) => {
      event.preventDefault();
      submit();
    });
    box.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') {
        event.stopPropagation();
        close();
      } else if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
        event.preventDefault();
        submit();
      }
    });
    trapFocus(box);
    let count = 0;
    shown = {
      view, veil, box, body, note, head, foot, errors: {}, nodes: [], sending: false,
      working(step, whole) {
        count += step;
        box.classList.toggle('working', count > 0);
        box.setAttribute('aria-busy', String(count > 0));
        if (whole) box.querySelector('[data-testid="modal-submit"]')?.classList.toggle('busy', step > 0);
      },
    };
    document.getElementById('dialogs').prepend(veil);
    document.getElementById('app').inert = true;
    draw(view);
    const wanted = (view.blocks || []).find((block) => block.element?.focus_on_load || block.accessory?.focus_on_load);
    const first = wanted && fieldOf(wanted.block_id)?.querySelector('input, select, textarea');
    const stops = [...body.querySelectorAll('input, select, textarea')].filter(visible);
    (first || stops[0] || box.querySelector('[data-testid="modal-submit"]') || [...box.querySelectorAll(FOCUSABLE)].filter(visible)[0] || box).focus();
  }

  function draw(view) {
    const { box, body, head, foot } = shown;
    const focus = whereIsFocus();
    const scroll = body.scrollTop;
    shown.view = view;
    box.dataset.viewId = view.id;
    box.dataset.callbackId = view.callback_id || '';
    head.replaceChildren(...textNodes(view.title));

    const ctx = context(view);
    const old = shown.nodes;
    const used = new Set();
    shown.nodes = (view.blocks || []).map((block, at) => {
      const mark = JSON.stringify(block);
      const same = old.find((one) => one.mark === mark && !used.has(one) && (block.block_id || one.at === at));
      if (same) used.add(same);
      return { mark, at, node: same ? same.node : renderBlock(block, ctx) };
    });
    const nodes = shown.nodes.map((one) => one.node);
    for (const child of [...body.children]) if (!nodes.includes(child)) child.remove();
    nodes.forEach((node, at) => {
      if (body.children[at] !== node) body.insertBefore(node, body.children[at] || null);
    });

    const hasInput = (view.blocks || []).some((block) => block.type === 'input');
    const buttons = JSON.stringify([view.submit, view.close, hasInput]);
    if (shown.buttons !== buttons) {
      shown.buttons = buttons;
      foot.replaceChildren(
        h('button', { type: 'button', class: 'btn', 'data-testid': 'modal-cancel', onclick: close }, plain(view.close) || (view.submit || hasInput ? 'Cancel' : 'Close')),
        ...(view.submit || hasInput ? [h('button', { type: 'submit', class: 'btn primary', 'data-testid': 'modal-submit' }, plain(view.submit) || 'Submit')] : []));
    }
    body.scrollTop = scroll;
    putFocus(focus);
    // An error stays beside its field until the person changes it or the app puts other content in.
    const kept = Object.fromEntries(Object.entries(shown.errors).filter(([id]) => fieldOf(id) && (!view.errors || view.errors[id])));
    view.blocks?.forEach((block) => { if (!kept[block.block_id]) clearError(block.block_id); });
    paintErrors(kept, { focus: false });
  }

  function whereIsFocus() {
    const active = document.activeElement;
    if (!shown?.box.contains(active)) return null;
    const holder = active.closest('[data-action-id]');
    let caret = null;
    try {
      caret = active.selectionStart === null ? null : [active.selectionStart, active.selectionEnd, active.selectionDirection];
    } catch { /* this kind of field has no caret */ }
    return {
      active, caret,
      block: holder?.dataset.blockId, action: holder?.dataset.actionId,
      choice: active.classList.contains('choice') ? active.value : null,
    };
  }

  function putFocus(focus) {
    if (!focus || document.activeElement === focus.active) return;
    let target = focus.active.isConnected ? focus.active : null;
    if (!target && focus.action) {
      const holder = [...shown.box.querySelectorAll('[data-action-id]')].find((node) => node.dataset.actionId === focus.action && node.dataset.blockId === focus.block);
      target = holder?.matches('input, select, textarea, button, a') ? holder
        : [...(holder?.querySelectorAll('input.choice') || [])].find((box) => box.value === focus.choice) || holder?.querySelector('input');
    }
    (target || shown.box).focus({ preventScroll: Boolean(target) });
    if (target && focus.caret) {
      try {
        target.setSelectionRange(...focus.caret);
      } catch { /* this kind of field has no caret */ }
    }
  }

  function shut() {
    if (!shown) return;
    shown.veil.remove();
    shown = null;
  }

  // `views` is the stack from the server; the last one is on top.
  function sync(views) {
    const ids = new Set((views || []).map((view) => view.id));
    for (const id of values.keys()) if (!ids.has(id)) values.delete(id);
    const top = (views || []).at(-1);
    if (!top) {
      if (!shown) return;
      shut();
      document.getElementById('app').inert = false;
      const composer = document.querySelector('[data-testid="composer"]');
      (focusBefore?.isConnected ? focusBefore : composer)?.focus();
      focusBefore = null;
      return;
    }
    if (!shown) focusBefore = document.activeElement;
    const mark = JSON.stringify({ ...top, state: null, hash: null, errors: null, trouble: null });
    if (shown?.view.id === top.id) {
      if (shown.mark === mark) return;
      remember(top);
      draw(top);
    } else {
      shut();
      remember(top);
      open(top);
      // After a reload the server still knows what was wrong.
      if (top.errors && Object.keys(top.errors).length) paintErrors(top.errors);
      if (top.trouble) trouble(top.trouble);
    }
    shown.mark = mark;
  }

  return { sync };
}
