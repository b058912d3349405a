// "Break things": makes Slack answer badly, to see what the app does then.

import { h, uid } from './dom.js';

const METHODS = [
  ['*', 'every call of the app to Slack'],
  ['app', 'Slack’s calls to the app'],
  ['chat.postMessage', ''], ['chat.postEphemeral', ''], ['chat.update', ''], ['views.open', ''], ['views.update', ''], ['views.publish', ''],
  ['conversations.open', ''], ['conversations.members', ''], ['users.info', ''], ['users.list', ''],
];
const KINDS = [
  ['error', 'answers an error', 'Error code', 'channel_not_found'],
  ['429', 'says “too many requests”', 'Wait, in seconds', '5'],
  ['500', 'answers 500', null, null],
  ['slow', 'answers slowly', 'Delay, in milliseconds', '4000'],
  ['drop', 'breaks the connection before the call', null, null],
  ['lose', 'does it, but loses the answer', null, null],
];

export function createFaults(setFault, say) {
  const listId = uid('methods');
  const method = h('input', { class: 'control', list: listId, value: 'chat.postMessage', id: uid('f'), 'data-testid': 'fault-method', autocomplete: 'off', spellcheck: 'false' });
  const kind = h('select', { class: 'control', id: uid('f'), 'data-testid': 'fault-kind' }, KINDS.map(([value, text]) => {
    const option = h('option', {}, text);
    option.setAttribute('value', value);
    return option;
  }));
  const value = h('input', { class: 'control', id: uid('f'), 'data-testid': 'fault-value', autocomplete: 'off' });
  const valueLabel = h('label', { class: 'label', for: value.id });
  const valueField = h('div', { class: 'field' }, valueLabel, value);
  const times = h('input', { class: 'control', id: uid('f'), inputmode: 'numeric', placeholder: 'always', value: '1', 'data-testid': 'fault-times', autocomplete: 'off' });
  const active = h('div', { class: 'faults-active', 'aria-live': 'polite' });
  const title = uid('faults');

  const onKind = () => {
    const [, , label, start] = KINDS.find(([one]) => one === kind.value);
    valueField.hidden = !label;
    valueLabel.textContent = label || '';
    value.value = start || '';
  };
  kind.addEventListener('change', onKind);
  onKind();

  const send = async (body) => {
    const answer = await setFault(body).catch(() => ({ ok: false }));
    if (answer.ok === false) say(answer.error || 'That did not work. Try again?');
  };

  const panel = h('form', { class: 'faults', hidden: true, 'aria-labelledby': title, 'data-testid': 'faults' },
    h('header', {}, h('h2', { id: title }, 'Break things'),
      h('button', { type: 'button', class: 'btn ghost icon', 'aria-label': 'Close', onclick: () => toggle(false) }, '✕')),
    h('p', { class: 'quiet' }, 'Make this Slack misbehave and watch how the app copes.'),
    h('div', { class: 'field' }, h('label', { class: 'label', for: method.id }, 'Call'), method,
      h('datalist', { id: listId }, METHODS.map(([name, text]) => h('option', { value: name, label: text || null })))),
    h('div', { class: 'field' }, h('label', { class: 'label', for: kind.id }, 'What happens'), kind),
    valueField,
    h('div', { class: 'field' }, h('label', { class: 'label', for: times.id }, 'How many times'), times),
    h('button', { type: 'submit', class: 'btn primary', 'data-testid': 'fault-add' }, 'Break it'),
    active);
  const button = h('button', { type: 'button', class: 'break-things', 'aria-expanded': 'false', title: 'Make this Slack misbehave and watch how the app copes', 'data-testid': 'break-things', onclick: () => toggle(panel.hidden) }, 'Break things');

  function toggle(open) {
    panel.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
    (open ? method : button).focus();
  }

  panel.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') toggle(false);
  });
  panel.addEventListener('submit', (event) => {
    event.preventDefault();
    const count = times.value.trim();
    if (count && !/^[1-9]\d*$/.test(count)) {
      say('“How many times” takes a whole number, or nothing for always.');
      return times.focus();
    }
    send({ method: method.value.trim() || '*', kind: kind.value, value: value.value.trim() || null, times: count ? Number(count) : null });
  });

  let mark = '';
  function sync(list) {
    const faults = (list || []).filter((fault) => fault.kind !== 'none');
    if (mark === JSON.stringify(faults)) return;
    mark = JSON.stringify(faults);
    button.replaceChildren('Break things', ...(faults.length ? [h('span', { class: 'count-badge' }, String(faults.length))] : []));
    active.replaceChildren(...(faults.length ? [
      h('h3', {}, 'Broken now'),
      h('ul', {}, faults.map((fault) => h('li', {},
        h('span', {}, h('code', {}, fault.method), ` ${KINDS.find(([one]) => one === fault.kind)?.[1] || fault.kind}`,
          fault.value ? ` (${fault.value})` : '', fault.times ? `, ${fault.times} more` : ', always'),
        h('button', { type: 'button', class: 'btn small', 'aria-label': `Mend ${fault.method}`, onclick: () => send({ method: fault.method, kind: 'none', value: null, times: null }) }, 'Mend')))),
      h('button', {
        type: 'button', class: 'btn small', 'data-testid': 'faults-clear',
        onclick: () => send({ method: '*', kind: 'none', value: null, times: null }),
      }, 'Mend everything'),
    ] : []));
  }

  return { button, panel, sync };
}
