// Block Kit → DOM.
//
// A context tells the blocks where they are:
//   kind                        'message' | 'modal' | 'home'
//   get(block, el)              the value a person gave (undefined: the element's own first value)
//   set(block, el, value)       a person gave a value
//   act(block, el, value)       an interactive element was used; a promise

import { h, uid, popupMenu } from './dom.js';
import { textNodes, plain, mrkdwn, richText } from './mrkdwn.js';
import { confirmBox } from './confirm.js';
import * as dir from './directory.js';
import * as fields from './fields.js';

export { mrkdwn };

export function renderBlocks(blocks, ctx) {
  return (blocks || []).map((block) => renderBlock(block, ctx));
}

export function renderBlock(block, ctx) {
  const draw = BLOCKS[block.type];
  const node = draw
    ? draw(block, ctx)
    : h('p', { class: 'quiet' }, `(A “${block.type}” block. This page cannot show it.)`);
  node.classList.add('block', `block-${block.type}`);
  if (block.block_id) node.dataset.blockId = block.block_id;
  return node;
}

const BLOCKS = {
  section(block, ctx) {
    const body = h('div', { class: 'section-body' });
    if (block.text) body.append(h('div', { class: 'text' }, textNodes(block.text)));
    if (block.fields?.length) {
      body.append(h('div', { class: 'fields' }, block.fields.map((field) => h('div', { class: 'text' }, textNodes(field)))));
    }
    const accessory = block.accessory && element(block.accessory, block, ctx, { label: plain(block.text) });
    return h('div', {}, body, accessory && h('div', { class: 'accessory' }, accessory));
  },
  context: (block) =>
    h('div', {}, (block.elements || []).map((part) =>
      part.type === 'image' ? picture(part, 'context-image') : h('span', { class: 'text' }, textNodes(part)))),
  actions: (block, ctx) => h('div', {}, (block.elements || []).map((el) => element(el, block, ctx, {}))),
  divider: () => h('hr'),
  header: (block) => h('h3', {}, textNodes(block.text)),
  image: (block) => h('figure', {}, block.title && h('figcaption', {}, textNodes(block.title)), picture(block, 'image')),
  rich_text: (block) => h('div', {}, richText(block)),
  markdown: (block) =>
    h('div', {}, h('div', { class: 'text' },
      mrkdwn((block.text || '').replace(/\*\*(.+?)\*\*/g, '*$1*').replace(/^#{1,6} +(.*)$/gm, '*$1*').replace(/\[([^\]\n]+)\]\((https?:[^)\s]+)\)/g, '<$2|$1>')))),
  table: (block) =>
    h('div', {}, h('table', {}, h('tbody', {}, (block.rows || []).map((row, at) =>
      h('tr', {}, row.map((cell) => h(at === 0 ? 'th' : 'td', {}, cell.type === 'rich_text' ? richText(cell) : cell.text || ''))))))),
  input: inputBlock,
};

function picture(part, className) {
  const url = part.image_url || part.slack_file?.url || '';
  const alt = part.alt_text || '';
  if (!/^(https?:|data:image\/)/i.test(url)) return h('span', { class: 'quiet' }, alt);
  const image = h('img', { class: className, src: url, alt, title: alt, referrerpolicy: 'no-referrer' });
  image.addEventListener('error', () => image.replaceWith(h('span', { class: 'quiet' }, alt)));
  return image;
}

function inputBlock(block, ctx) {
  const el = block.element || {};
  const id = uid('field');
  const hintId = uid('hint');
  const errorId = uid('error');
  const group = el.type === 'checkboxes' || el.type === 'radio_buttons' || fields.isList(el.type);
  const label = [
    ...textNodes(block.label),
    block.optional && h('span', { class: 'optional' }, ' (optional)'),
  ];
  const control = element(el, block, ctx, { id, label: plain(block.label), describedBy: `${hintId} ${errorId}`, required: !block.optional, bare: true });
  return h(group ? 'fieldset' : 'div', { class: 'field' },
    group ? h('legend', { class: 'label' }, label) : h('label', { class: 'label', for: id }, label),
    control,
    block.hint && h('p', { class: 'hint', id: hintId }, textNodes(block.hint)),
    h('p', { class: 'field-error', id: errorId, role: 'alert', 'data-testid': 'field-error', hidden: true }));
}

// ---- elements ----

function element(el, block, ctx, given) {
  const draw = ELEMENTS[el.type];
  if (!draw) return h('span', { class: 'quiet' }, `(A “${el.type}”. This page cannot show it.)`);
  const own = { label: plain(el.placeholder) || '', ...given };
  if (!own.label) own.label = plain(el.placeholder) || 'Choose';
  const node = draw(el, block, ctx, own);
  return node;
}

const hooks = (el, block, given) => ({
  'data-action-id': el.action_id,
  'data-block-id': block.block_id,
  id: given.id,
  'aria-describedby': given.describedBy,
  'aria-label': given.id ? null : given.label,
  'aria-required': given.required ? 'true' : null,
});

const current = (el, block, ctx) => {
  const value = ctx.get?.(block, el);
  return value === undefined ? fields.firstValue(el) : value;
};

const dispatches = (block) => block.type !== 'input' || block.dispatch_action === true;

// Takes a value: remember it, and tell the app when the element is one that does so.
// With a confirm dialog, "no" puts the old value back.
async function take(el, block, ctx, value, node, undo) {
  const before = current(el, block, ctx);
  ctx.set?.(block, el, value);
  if (dispatches(block)) await tell(el, block, ctx, value, node, before, undo);
}

async function tell(el, block, ctx, value, node, before, undo) {
  if (el.confirm && !(await confirmBox(el.confirm))) {
    ctx.set?.(block, el, before);
    undo?.(before);
    return;
  }
  await busy(node, () => ctx.act(block, el, value));
}

async function busy(node, work) {
  node.classList.add('busy');
  node.setAttribute('aria-busy', 'true');
  try {
    return await work();
  } finally {
    node.classList.remove('busy');
    node.removeAttribute('aria-busy');
  }
}

// Date and time fields tell of every half-typed value; wait until the person pauses or leaves.
const waiting = new Map();
export async function flushWaiting() {
  const all = [...waiting.values()];
  waiting.clear();
  for (const { timer, run } of all) {
    clearTimeout(timer);
    await run();
  }
}
function later(node, run) {
  const held = waiting.get(node);
  if (held) clearTimeout(held.timer);
  const go = () => {
    if (waiting.get(node)?.timer !== timer) return;
    waiting.delete(node);
    run();
  };
  const timer = setTimeout(go, 350);
  waiting.set(node, { timer, run });
  node.addEventListener('blur', go, { once: true });
}

function button(el, block, ctx) {
  const style = el.style === 'primary' ? ' primary' : el.style === 'danger' ? ' danger' : '';
  const isLink = /^https?:/i.test(el.url || '');
  const node = h(isLink ? 'a' : 'button', {
    class: `btn${style}`,
    'data-action-id': el.action_id,
    'data-block-id': block.block_id,
    'data-value': el.value,
    'aria-label': el.accessibility_label,
    ...(isLink ? { href: el.url, target: '_blank', rel: 'noopener noreferrer' } : { type: 'button' }),
  }, textNodes(el.text));
  let working = false;
  node.addEventListener('click', async (event) => {
    if (working) return event.preventDefault();
    if (el.confirm) {
      event.preventDefault();
      if (!(await confirmBox(el.confirm))) return;
      if (isLink) window.open(el.url, '_blank', 'noopener');
    }
    working = true;
    try {
      await busy(node, () => ctx.act(block, el, el.value));
    } finally {
      working = false;
    }
  });
  return node;
}

function overflow(el, block, ctx, given) {
  const trigger = h('button', { class: 'btn icon', type: 'button', ...hooks(el, block, { ...given, label: 'More choices' }) }, '⋯');
  popupMenu(trigger, (close) => (el.options || []).map((option) =>
    h(/^https?:/i.test(option.url || '') ? 'a' : 'button', {
      role: 'menuitem', class: 'menu-item', 'data-value': option.value,
      ...(/^https?:/i.test(option.url || '') ? { href: option.url, target: '_blank', rel: 'noopener noreferrer' } : { type: 'button' }),
      onclick: async () => {
        close();
        if (el.confirm && !(await confirmBox(el.confirm))) return;
        await busy(trigger, () => ctx.act(block, el, option.value));
      },
    }, textNodes(option.text), option.description && h('small', {}, textNodes(option.description)))), { label: 'More choices' });
  return h('div', { class: 'menu-anchor' }, trigger);
}

// ---- text ----

function textInput(kind) {
  return (el, block, ctx, given) => {
    const multiline = el.type === 'plain_text_input' && el.multiline;
    const node = h(multiline ? 'textarea' : 'input', {
      ...hooks(el, block, given),
      class: 'control',
      placeholder: plain(el.placeholder) || null,
      ...(multiline ? { rows: 4 } : { type: kind, autocomplete: 'off' }),
      inputmode: el.type === 'number_input' ? (el.is_decimal_allowed ? 'decimal' : 'numeric') : null,
      value: current(el, block, ctx),
    });
    const triggers = el.dispatch_action_config?.trigger_actions_on || ['on_enter_pressed'];
    const count = el.max_length && h('span', { class: 'count', 'aria-hidden': 'true' });
    const recount = () => {
      if (!count) return;
      const left = el.max_length - [...node.value].length;
      count.textContent = left <= Math.max(20, el.max_length / 5) ? String(left) : '';
      count.classList.toggle('over', left < 0);
    };
    recount();
    node.addEventListener('input', () => {
      ctx.set?.(block, el, node.value);
      recount();
      if (dispatches(block) && triggers.includes('on_character_entered')) later(node, () => ctx.act(block, el, node.value));
    });
    node.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || multiline) return;
      if (block.dispatch_action && triggers.includes('on_enter_pressed')) {
        event.preventDefault();
        event.stopPropagation();
        ctx.act(block, el, node.value);
      }
    });
    return count ? h('div', { class: 'counted' }, node, count) : node;
  };
}

function picker(kind) {
  return (el, block, ctx, given) => {
    const words = kind === 'date' && h('span', { class: 'date-words', id: uid('date') });
    const describedBy = [given.describedBy, words && words.id].filter(Boolean).join(' ') || null;
    const node = h('input', { ...hooks(el, block, { ...given, describedBy }), class: 'control', type: kind, value: current(el, block, ctx) || '' });
    // Browsers show dates in their own order of day and month.
    const spell = () => { if (words) words.textContent = dir.dateInWords(node.value); };
    spell();
    node.addEventListener('input', spell);
    let told = node.value;
    node.addEventListener('change', () => {
      const value = node.value || null;
      if (kind === 'date' && value && value < '1000') return;
      ctx.set?.(block, el, value);
      if (!dispatches(block)) return;
      later(node, () => {
        const before = told || null;
        if (node.value === told) return null;
        told = node.value;
        return tell(el, block, ctx, node.value || null, node, before, (old) => {
          node.value = told = old || '';
          spell();
        });
      });
    });
    return words ? h('div', { class: 'dated' }, node, words) : node;
  };
}

// ---- choices ----

function select(listOf) {
  return (el, block, ctx, given) => {
    const groups = listOf(el);
    const value = fields.stillValid(el, current(el, block, ctx));
    const empty = h('option', { value: '' }, plain(el.placeholder) || 'Choose');
    const node = h('select', { ...hooks(el, block, given), class: 'control' }, empty,
      groups.map((group) => {
        const list = group.options.map((option) => h('option', { value: option.value }, plain(option.text)));
        return group.label ? h('optgroup', { label: plain(group.label) }, list) : list;
      }));
    empty.setAttribute('value', '');
    node.querySelectorAll('option').forEach((option) => option.setAttribute('value', option.value));
    node.value = value ?? '';
    if (node.selectedIndex < 0) node.value = '';
    node.addEventListener('change', () => {
      take(el, block, ctx, node.value || null, node, (old) => { node.value = old ?? ''; });
    });
    return node;
  };
}

function choices(kind, listOf) {
  return (el, block, ctx, given) => {
    const groups = listOf(el);
    const many = groups.reduce((sum, group) => sum + group.options.length, 0);
    const now = current(el, block, ctx);
    const chosen = new Set(Array.isArray(now) ? now : now === null ? [] : [now]);
    const name = uid('choice');
    const boxed = fields.isList(el.type) && el.type !== 'checkboxes';
    const list = h('div', {
      class: boxed ? 'choices boxed' : 'choices',
      role: kind === 'radio' ? 'radiogroup' : 'group',
      'aria-label': given.label,
      'aria-describedby': given.describedBy,
      'data-action-id': el.action_id,
      'data-block-id': block.block_id,
    });
    const read = () => [...list.querySelectorAll('input.choice:checked')].map((box) => box.value);
    const write = (value) => {
      const on = new Set(Array.isArray(value) ? value : [value]);
      list.querySelectorAll('input.choice').forEach((box) => { box.checked = on.has(box.value); });
    };
    const row = (option) => {
      const box = h('input', { type: kind, name, class: 'choice' });
      box.setAttribute('value', option.value);
      box.checked = chosen.has(option.value);
      box.addEventListener('change', () => {
        const value = kind === 'radio' ? box.value : read();
        if (el.max_selected_items && Array.isArray(value) && value.length > el.max_selected_items) {
          box.checked = false;
          return;
        }
        take(el, block, ctx, value, list, write);
      });
      return h('label', { class: 'choice-row' }, box,
        h('span', {}, textNodes(option.text), option.description && h('small', {}, textNodes(option.description))));
    };
    if (boxed && many > 8) {
      const filter = h('input', { type: 'search', class: 'control filter', placeholder: 'Find', 'aria-label': `Find in ${given.label}` });
      filter.addEventListener('input', () => {
        const wanted = filter.value.toLowerCase();
        list.querySelectorAll('.choice-row').forEach((line) => { line.hidden = !line.textContent.toLowerCase().includes(wanted); });
      });
      list.append(filter);
    }
    for (const group of groups) {
      if (group.label) list.append(h('div', { class: 'group-label' }, plain(group.label)));
      list.append(...group.options.map(row));
    }
    return list;
  };
}

const ownOptions = (el) => [
  { options: el.options || [] },
  ...(el.option_groups || []).map((group) => ({ label: group.label, options: group.options || [] })),
];
const peopleOptions = () => [{
  options: dir.allPeople().filter((p) => !p.is_bot && !p.deleted).map((p) => ({ value: p.id, text: { type: 'plain_text', text: dir.nameOf(p.id) } })),
}];
const channelOptions = () => [{
  options: dir.allChannels().map((c) => ({ value: c.id, text: { type: 'plain_text', text: `# ${c.name}` } })),
}];
const conversationOptions = (el) => {
  const include = el.filter?.include;
  const groups = [];
  if (!include || include.includes('public') || include.includes('private')) {
    const fits = (c) => !include || include.includes(c.is_private ? 'private' : 'public');
    groups.push({ label: { text: 'Channels' }, options: dir.allChannels().filter(fits).map((c) => ({ value: c.id, text: { text: `# ${c.name}` } })) });
  }
  if (!include || include.includes('im')) groups.push({ label: { text: 'People' }, options: peopleOptions()[0].options });
  return groups;
};

const ELEMENTS = {
  button,
  workflow_button: button,
  overflow,
  image: (el) => picture(el, 'accessory-image'),
  plain_text_input: textInput('text'),
  email_text_input: textInput('email'),
  url_text_input: textInput('url'),
  number_input: textInput('text'),
  datepicker: picker('date'),
  timepicker: picker('time'),
  static_select: select(ownOptions),
  external_select: select((el) => [{ options: el.initial_option ? [el.initial_option] : [] }]),
  users_select: select(peopleOptions),
  channels_select: select(channelOptions),
  conversations_select: select(conversationOptions),
  multi_static_select: choices('checkbox', ownOptions),
  multi_users_select: choices('checkbox', peopleOptions),
  multi_channels_select: choices('checkbox', channelOptions),
  multi_conversations_select: choices('checkbox', conversationOptions),
  checkboxes: choices('checkbox', ownOptions),
  radio_buttons: choices('radio', ownOptions),
};
