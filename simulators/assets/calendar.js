// The month, as people see it in Google Calendar.

import { h } from './dom.js';
import { DAY, askToDelete, dayText, format, parseDay, start, today, weekday } from './service.js';

// Through the object model: the page's policy allows no style attributes.
function placed(node, column, row) {
  node.style.gridColumn = column;
  if (row) node.style.gridRow = row;
  return node;
}

const first = (day) => Date.UTC(new Date(day).getUTCFullYear(), new Date(day).getUTCMonth(), 1);
const month = (day, by) => Date.UTC(new Date(day).getUTCFullYear(), new Date(day).getUTCMonth() + by, 1);
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

// First and last day of an event; an all-day event's end is the day after.
function span(event) {
  const from = parseDay(event.start);
  return [from, event.all_day ? parseDay(event.end) - DAY : parseDay(event.end)];
}

const hours = (event) => `${event.start.slice(11)}–${event.end.slice(11)}`;
const long = (day) => format(day, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });

function whenText(event) {
  const [from, to] = span(event);
  const days = from === to ? long(from) : `${long(from)} to ${long(to)}`;
  return event.all_day ? days : `${days}, ${hours(event)} (${event.zone})`;
}

// Puts the events of a week into rows, so that none overlaps another: the longest first, as calendars do.
function rows(events, monday) {
  const taken = [];
  const week = events
    .map((event) => {
      const [from, to] = span(event);
      return { event, from: Math.max(0, (from - monday) / DAY), to: Math.min(6, (to - monday) / DAY), begins: from >= monday, ends: to <= monday + 6 * DAY };
    })
    .filter(({ from, to }) => from <= 6 && to >= 0)
    .sort((a, b) => a.from - b.from || b.to - a.to || a.event.start.localeCompare(b.event.start));
  for (const entry of week) {
    let row = 0;
    while (taken[row]?.some((other) => other.from <= entry.to && other.to >= entry.from)) row += 1;
    (taken[row] ||= []).push(entry);
    entry.row = row;
  }
  return week;
}

function draw({ events, calendar }, place, tools) {
  const begin = first(place) - weekday(first(place)) * DAY;
  const end = month(place, 1);
  const weeks = [];
  for (let monday = begin; monday < end; monday += 7 * DAY) weeks.push(monday);

  const pill = ({ event, from, to, row, begins, ends }) =>
    placed(h('button', {
      type: 'button',
      class: `pill${event.all_day ? '' : ' timed'}${event.free ? '' : ' busy'}${begins ? '' : ' goes-before'}${ends ? '' : ' goes-on'}`,
      'data-focus': `${event.id}-${row}`, 'data-testid': 'event',
      title: `${event.summary}: ${whenText(event)}`,
      onclick: () => askToDelete({
        name: event.summary || '(no title)',
        details: [whenText(event), event.free ? 'Shown as free' : 'Shown as busy'],
        remove: () => tools.remove(event.id, event.summary),
      }),
    }, !event.all_day && h('span', { class: 'time' }, hours(event)), h('span', { class: 'name' }, event.summary || '(no title)')), `${from + 1} / ${to + 2}`, String(row + 2));

  const now = today();
  const week = (monday) => {
    const days = WEEKDAYS.map((_, at) => monday + at * DAY);
    return h('div', { class: 'week', role: 'group', 'aria-label': `Week of ${long(monday)}` },
      days.map((day, at) => placed(h('div', {
        class: `day-cell${weekday(day) > 4 ? ' weekend' : ''}${first(day) === first(place) ? '' : ' other'}${day === now ? ' now' : ''}`,
      }, h('span', { class: 'day-number', 'aria-hidden': 'true' },
        new Date(day).getUTCDate() === 1 ? format(day, { day: 'numeric', month: 'short' }) : String(new Date(day).getUTCDate()))), String(at + 1))),
      rows(events, monday).map(pill));
  };

  const seen = events.some((event) => {
    const [from, to] = span(event);
    return to >= begin && from < weeks.at(-1) + 7 * DAY;
  });
  const next = events.map(span).map(([from]) => from).sort((a, b) => a - b).find((from) => from >= now) ?? events.map(span).at(-1)?.[0];
  const hint = events.length
    ? !seen && h('p', { class: 'empty' }, 'Nothing in this month. ',
      h('button', { type: 'button', class: 'btn small', onclick: () => tools.go(next) }, `Show ${format(next, { month: 'long', year: 'numeric' })}`))
    : h('p', { class: 'empty', 'data-testid': 'empty' }, 'Nothing here yet. Leave that is approved or confirmed in the pretend Slack appears by itself.');
  return [
    hint || '',
    h('div', { class: 'month', 'data-testid': 'month' },
      h('div', { class: 'weekdays', 'aria-hidden': 'true' }, WEEKDAYS.map((name) => h('span', {}, name))),
      weeks.map(week)),
    h('p', { class: 'quiet foot' }, `Calendar ${calendar}. Press an event to see it whole or to delete it by hand.`),
  ];
}

start({
  title: 'Pretend Google Calendar',
  about: 'Leave, as everybody sees it',
  draw,
  place: {
    unit: 'month',
    read: (text) => (/^\d{4}-\d{2}$/.test(text) ? parseDay(`${text}-01`) : null),
    text: (day) => dayText(day).slice(0, 7),
    step: month,
    name: (day) => format(day, { month: 'long', year: 'numeric' }),
  },
});
