// What a Block Kit element holds: its first value, the value a person gave it, and what is wrong with that.

const CHOICES = new Set(['static_select', 'external_select', 'users_select', 'conversations_select', 'channels_select', 'radio_buttons']);
const LISTS = new Set(['multi_static_select', 'multi_external_select', 'multi_users_select', 'multi_conversations_select', 'multi_channels_select', 'checkboxes']);
const TEXTS = new Set(['plain_text_input', 'email_text_input', 'url_text_input', 'number_input']);
const TIMES = new Set(['datepicker', 'timepicker']);

export const holdsValue = (type) => CHOICES.has(type) || LISTS.has(type) || TEXTS.has(type) || TIMES.has(type);
export const isText = (type) => TEXTS.has(type);
export const isList = (type) => LISTS.has(type);

export function firstValue(el) {
  const values = (options) => (options || []).map((option) => option.value);
  switch (el.type) {
    case 'plain_text_input':
    case 'email_text_input':
    case 'url_text_input':
    case 'number_input': return el.initial_value === undefined || el.initial_value === null ? '' : String(el.initial_value);
    case 'static_select':
    case 'external_select':
    case 'radio_buttons': return el.initial_option?.value ?? null;
    case 'users_select': return el.initial_user ?? null;
    case 'conversations_select': return el.initial_conversation ?? null;
    case 'channels_select': return el.initial_channel ?? null;
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes': return values(el.initial_options);
    case 'multi_users_select': return el.initial_users || [];
    case 'multi_conversations_select': return el.initial_conversations || [];
    case 'multi_channels_select': return el.initial_channels || [];
    case 'datepicker': return el.initial_date ?? null;
    case 'timepicker': return el.initial_time ?? null;
    default: return null;
  }
}

// A value in the shape of Slack's view.state.values, as the simple value of this page; undefined when it says nothing.
export function fromSlackState(el, held) {
  if (!held) return undefined;
  const value =
    held.value ?? held.selected_option?.value ?? held.selected_options?.map((option) => option.value) ??
    held.selected_date ?? held.selected_time ?? held.selected_user ?? held.selected_users ??
    held.selected_conversation ?? held.selected_conversations ?? held.selected_channel ?? held.selected_channels;
  if (value === undefined || value === null) return undefined;
  return isList(el.type) === Array.isArray(value) ? value : undefined;
}

export const options = (el) => [...(el.options || []), ...(el.option_groups || []).flatMap((group) => group.options || [])];

// A kept value must still be one that the element offers.
export function stillValid(el, value) {
  if (el.type !== 'static_select' && el.type !== 'radio_buttons' && el.type !== 'multi_static_select' && el.type !== 'checkboxes') return value;
  const offered = new Set(options(el).map((option) => option.value));
  if (Array.isArray(value)) return value.filter((one) => offered.has(one));
  return value === null || offered.has(value) ? value : null;
}

export const isEmpty = (value) => value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length);

// Each element of a block that can hold a value, wherever the block keeps it.
export function elementsOf(block) {
  const list = block.type === 'input' ? [block.element] : block.type === 'actions' ? block.elements : block.type === 'section' ? [block.accessory] : [];
  return (list || []).filter(Boolean);
}

// What Slack itself says before it sends a form to the app; null when the value is fine.
export function complaint(block, value) {
  const el = block.element;
  if (isEmpty(value) || (typeof value === 'string' && !value.trim())) {
    return block.optional ? null : 'Please complete this required field.';
  }
  if (el.type === 'plain_text_input') {
    const length = [...value].length;
    if (el.max_length && length > el.max_length) return `Please use ${el.max_length} characters or fewer. You have ${length}.`;
    if (el.min_length && length < el.min_length) return `Please use ${el.min_length} characters or more.`;
  }
  if (el.type === 'email_text_input' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value.trim())) return 'Please enter a full email address.';
  if (el.type === 'url_text_input' && !/^https?:\/\/\S+$/i.test(value.trim())) return 'Please enter a full web address.';
  if (el.type === 'number_input') {
    if (!/^[+-]?\d+(\.\d+)?$/.test(value.trim()) || (!el.is_decimal_allowed && value.includes('.'))) {
      return el.is_decimal_allowed ? 'Please enter a number.' : 'Please enter a whole number.';
    }
    if (el.min_value !== undefined && Number(value) < Number(el.min_value)) return `Please enter ${el.min_value} or more.`;
    if (el.max_value !== undefined && Number(value) > Number(el.max_value)) return `Please enter ${el.max_value} or less.`;
  }
  return null;
}
