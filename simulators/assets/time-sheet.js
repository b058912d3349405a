// The week of everybody, as an administrator sees it in Harvest.

import { h } from './dom.js';
import { DAY, askToDelete, dayText, format, parseDay, start, today, weekday } from './service.js';

const monday = (day) => day - weekday(day) * DAY;
const clock = (centihours) => `${Math.floor(centihours / 100)}:${String(Math.round((centihours % 100) * 0.6)).padStart(2, '0')}`;
const sum = (entries) => entries.reduce((total, entry) => total + entry.centihours, 0);
const long = (day) => format(day, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });

function name(day) {
  const [from, to] = [monday(day), monday(day) + 6 * DAY];
  const shared = { year: 'numeric', month: 'long', day: 'numeric' };
  return new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...shared }).formatRange(from, to);
}

function draw({ users, entries }, place, tools) {
  const begin = monday(place);
  const days = [0, 1, 2, 3, 4, 5, 6].map((at) => begin + at * DAY);
  const inWeek = entries.filter((entry) => days.includes(parseDay(entry.date)));
  const of = (user, day) => inWeek.filter((entry) => (user === null || entry.user === user) && (day === null || parseDay(entry.date) === day));
  const now = today();
  const total = (list) => (list.length ? clock(sum(list)) : h('span', { class: 'quiet' }, '–'));
  const shade = (day) => `${weekday(day) > 4 ? 'weekend' : ''}${day === now ? ' now' : ''}`;

  const entry = (one, user) => {
    const label = `${one.task}, ${clock(one.centihours)}`;
    return h('button', {
      type: 'button', class: `entry-pill${/sick/i.test(one.task) ? ' second' : ''}`, 'data-focus': `entry-${one.id}`, 'data-testid': 'entry', title: one.notes || label,
      onclick: () => askToDelete({
        name: `${user.name}: ${label}`,
        details: [long(parseDay(one.date)), one.notes].filter(Boolean),
        remove: () => tools.remove(one.id, `${user.name}, ${label}`),
      }),
    }, h('strong', {}, clock(one.centihours)), h('span', {}, one.task));
  };

  const table = h('table', { class: 'sheet', 'data-testid': 'sheet' },
    h('thead', {}, h('tr', {},
      h('th', { scope: 'col' }, 'Person'),
      days.map((day) => h('th', { scope: 'col', class: shade(day) }, format(day, { weekday: 'short' }), ' ', h('span', {}, format(day, { day: 'numeric', month: 'short' })))),
      h('th', { scope: 'col', class: 'total' }, 'Total'))),
    h('tbody', {}, users.map((user) => h('tr', { class: user.active ? '' : 'gone' },
      h('th', { scope: 'row' }, user.name, h('small', {}, user.active ? user.email : 'has left')),
      days.map((day) => h('td', { class: shade(day) }, of(user.id, day).map((one) => entry(one, user)))),
      h('td', { class: 'total' }, total(of(user.id, null)))))),
    h('tfoot', {}, h('tr', {},
      h('th', { scope: 'row' }, 'Total'),
      days.map((day) => h('td', { class: shade(day) }, total(of(null, day)))),
      h('td', { class: 'total' }, total(inWeek)))));

  const dates = entries.map((one) => parseDay(one.date)).sort((a, b) => a - b);
  const next = dates.find((day) => day >= now) ?? dates.at(-1);
  const hint = !users.length
    ? h('p', { class: 'empty' }, 'Nobody has a time sheet here yet.')
    : !entries.length
      ? h('p', { class: 'empty', 'data-testid': 'empty' }, 'No hours yet. Leave that is approved or confirmed in the pretend Slack is booked here, day by day.')
      : !inWeek.length && h('p', { class: 'empty' }, 'No hours in this week. ',
        h('button', { type: 'button', class: 'btn small', onclick: () => tools.go(next) }, `Show the week of ${format(monday(next), { day: 'numeric', month: 'long' })}`));
  return [
    hint || '',
    h('div', { class: 'sheet-scroll', tabindex: '0', role: 'region', 'aria-label': 'Time sheet' }, table),
    h('p', { class: 'quiet foot' }, 'Project “Time off”. Press an entry to delete it by hand.'),
  ];
}

start({
  title: 'Pretend Harvest',
  about: 'Hours of leave, day by day',
  draw,
  place: {
    unit: 'week',
    read: (text) => (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(parseDay(text)) ? monday(parseDay(text)) : null),
    text: (day) => dayText(monday(day)),
    step: (day, by) => monday(day) + by * 7 * DAY,
    name,
  },
});
