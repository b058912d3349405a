// Who and what an id stands for, from the last /sim/state.

let people = new Map();
let channels = new Map();
let zone = 'UTC';
let locale = 'en-GB';
let botUser = null;
let app = null;

export let version = '';

export function setDirectory(state) {
  people = new Map((state.people || []).map((person) => [person.id, person]));
  channels = new Map((state.channels || []).map((channel) => [channel.id, channel]));
  app = state.app || null;
  botUser = app?.bot_user_id || null;
  zone = usableZone(state.me?.tz);
  version = JSON.stringify([zone, botUser, state.people, (state.channels || []).map((c) => [c.id, c.name])]);
}

function usableZone(tz) {
  try {
    new Intl.DateTimeFormat(locale, { timeZone: tz });
    return tz || 'UTC';
  } catch {
    return 'UTC';
  }
}

export const person = (id) => people.get(id);
export const channel = (id) => channels.get(id);
export const allPeople = () => [...people.values()];
export const allChannels = () => [...channels.values()];
export const isApp = (id) => Boolean(id) && (id === botUser || Boolean(people.get(id)?.is_bot));

export function nameOf(id) {
  const found = people.get(id);
  if (id === botUser && app?.name) return app.name;
  return found ? found.real_name || found.name || id : id || 'Someone';
}

// The status that someone has set, as it is shown beside the name.
export const statusOf = (id) => people.get(id)?.status || null;

// What a mention of someone looks like while it is typed: the name that people see, or the handle when others share the name.
export function tagOf(id) {
  const name = nameOf(id);
  const shared = allPeople().some((other) => other.id !== id && nameOf(other.id) === name);
  return shared ? person(id)?.name || name : name;
}

export function initials(name) {
  const words = name.replace(/[^\p{L}\p{N} ]/gu, ' ').trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return letters.map((word) => [...word][0] || '').join('').toUpperCase() || '?';
}

// A steady colour for each id; all are dark enough for white letters.
const COLOURS = ['#9a3412', '#1d4ed8', '#6d28d9', '#be123c', '#0f766e', '#a16207', '#4d7c0f', '#0e7490', '#a21caf', '#475569'];
export function colourOf(id) {
  const list = [...people.values()].filter((p) => !p.is_bot);
  const at = list.findIndex((p) => p.id === id);
  if (at >= 0) return COLOURS[at % COLOURS.length];
  let sum = 0;
  for (const letter of id || '') sum = (sum * 31 + letter.charCodeAt(0)) % 9973;
  return COLOURS[sum % COLOURS.length];
}

export const seconds = (ts) => Number(String(ts).split('.')[0]);
const when = (ts) => new Date(Number(ts) * 1000);
const format = (date, options) => new Intl.DateTimeFormat(locale, { timeZone: zone, ...options }).format(date);

export const clock = (ts) => format(when(ts), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
export const clockSeconds = (ts) => format(when(ts), { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
export const dayKey = (ts) => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(when(ts));
export const fullTime = (ts) => `${longDay(ts, true)}, ${clockSeconds(ts)} (${zone})`;

// The date of a date field (2026-12-03), so that nobody takes the day for the month.
export function dateInWords(date) {
  const day = /^[1-9]\d{3}-\d\d-\d\d$/.test(date || '') ? new Date(`${date}T00:00Z`) : null;
  if (!day || Number.isNaN(day.getTime())) return '';
  const part = (options) => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options }).format(day);
  return `${part({ weekday: 'short' })} ${part({ day: 'numeric' })} ${part({ month: 'long' })} ${part({ year: 'numeric' })}`;
}

export function longDay(ts, withYear) {
  const sameYear = format(when(ts), { year: 'numeric' }) === format(new Date(), { year: 'numeric' });
  const part = (options) => format(when(ts), options);
  const day = `${part({ weekday: 'long' })}, ${part({ day: 'numeric' })} ${part({ month: 'long' })}`;
  return withYear || !sameYear ? `${day} ${part({ year: 'numeric' })}` : day;
}

export function prettyDay(ts) {
  const near = nearDay(ts);
  return near ? `${near[0].toUpperCase()}${near.slice(1)}, ${format(when(ts), { day: 'numeric', month: 'long' })}` : longDay(ts);
}

function nearDay(ts) {
  const now = Date.now() / 1000;
  const day = dayKey(ts);
  if (day === dayKey(now)) return 'today';
  if (day === dayKey(now - 86400)) return 'yesterday';
  if (day === dayKey(now + 86400)) return 'tomorrow';
  return null;
}

function ago(ts) {
  const left = Number(ts) - Date.now() / 1000;
  const units = [['day', 86400], ['hour', 3600], ['minute', 60]];
  const [unit, size] = units.find(([, s]) => Math.abs(left) >= s) || ['second', 1];
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.round(left / size), unit);
}

// The tokens of <!date^…^{date_short} at {time}|…>
export function dateToken(ts, token) {
  const date = when(ts);
  const pretty = token.endsWith('_pretty');
  const near = pretty ? nearDay(ts) : null;
  if (near) return near;
  switch (token.replace('_pretty', '')) {
    case 'date_num': return dayKey(ts);
    case 'date': return format(date, { day: 'numeric', month: 'long', year: 'numeric' });
    case 'date_slash': return format(date, { day: '2-digit', month: '2-digit', year: 'numeric' });
    case 'date_short': return format(date, { day: 'numeric', month: 'short', year: 'numeric' });
    case 'date_long': return longDay(ts, true);
    case 'day_divider': return prettyDay(ts);
    case 'time': return clock(ts);
    case 'time_secs': return clockSeconds(ts);
    case 'ago': return ago(ts);
    default: return `{${token}}`;
  }
}
