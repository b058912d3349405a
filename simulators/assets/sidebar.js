// Workspace, the person you are, channels and direct messages.

import { h, sign, popupMenu } from './dom.js';
import { avatar, statusSign, statusText } from './messages.js';
import * as dir from './directory.js';

// options: link({…}) → the hash of a place, go({…}) to be there
export function createSidebar(root, options, faults) {
  const head = h('div', { class: 'side-head' });
  const lists = h('div', { class: 'side-lists' });
  root.append(head, lists, h('div', { class: 'side-foot' }, faults.panel, faults.button));
  let marks = ['', ''];

  function render(state, here) {
    const headMark = JSON.stringify([state.team, state.teams, state.me, state.people]);
    if (headMark !== marks[0]) {
      const focused = head.contains(document.activeElement);
      head.replaceChildren(...drawHead(state));
      if (focused) head.querySelector('[data-testid="person-switcher"]')?.focus();
      marks[0] = headMark;
    }
    const listMark = JSON.stringify([state.channels, state.dms, state.people, state.app?.bot_user_id, state.links, here.channel, here.team, here.as]);
    if (listMark !== marks[1]) {
      const focused = document.activeElement?.dataset?.channel;
      const inside = lists.contains(document.activeElement);
      lists.replaceChildren(...drawLists(state, here).flat().filter(Boolean));
      if (inside && focused) [...lists.querySelectorAll('[data-channel]')].find((node) => node.dataset.channel === focused)?.focus();
      marks[1] = listMark;
    }
  }

  function drawHead(state) {
    const me = state.me;
    const teams = state.teams || [];
    let workspace = h('h1', { class: 'workspace' }, state.team?.name || 'Pretend Slack');
    if (teams.length > 1) {
      const pick = h('select', { class: 'team-pick', 'aria-label': 'Workspace', 'data-testid': 'team-switcher', onchange: (event) => options.go({ team: event.target.value }) },
        teams.map((team) => {
          const option = h('option', {}, team.name);
          option.setAttribute('value', team.id);
          return option;
        }));
      pick.value = state.team?.id;
      workspace = h('h1', { class: 'workspace' }, pick);
    }
    const switcher = h('button', { type: 'button', class: 'switcher', 'data-testid': 'person-switcher', 'data-user-id': me?.id, 'aria-label': `You are: ${me ? dir.nameOf(me.id) : 'nobody yet'}`, title: 'Be another person' },
      me ? avatar(me.id) : '',
      h('span', { class: 'switcher-text' },
        h('span', { class: 'quiet' }, 'You are: '), h('strong', {}, me ? dir.nameOf(me.id) : 'nobody yet'), me && statusSign(me.id),
        h('small', {}, me && statusText(me.id) || roleOf(me))),
      h('span', { class: 'chevron', 'aria-hidden': 'true' }, '▾'));
    const people = (state.people || []).filter((p) => !p.is_bot && !p.deleted);
    popupMenu(switcher, (close) => people.map((p) =>
      h('div', { class: 'menu-row', role: 'none' },
        h('button', {
          type: 'button', role: 'menuitemradio', class: 'menu-item person', 'aria-checked': String(p.id === me?.id),
          'data-user-id': p.id, 'data-testid': `person-${p.id}`,
          onclick: () => {
            close();
            options.go({ as: p.id });
          },
        }, avatar(p.id), h('span', {}, h('strong', {}, dir.nameOf(p.id)), statusSign(p.id), h('small', {}, statusText(p.id) || roleOf(p)))),
        h('a', { class: 'btn ghost icon aside', role: 'menuitem', tabindex: '-1', href: options.link({ as: p.id }), target: '_blank', 'aria-label': `${dir.nameOf(p.id)} in a new window`, title: 'Open in a new window' }, sign('window')))),
      { className: 'people-menu', label: 'Be another person' });
    return [
      h('div', { class: 'workspace-row' }, workspace, h('span', { class: 'pretend' }, 'Pretend Slack')),
      h('div', { class: 'menu-anchor' }, switcher),
    ];
  }

  const roleOf = (p) => (p ? [p.title, p.is_admin && !/admin/i.test(p.title || '') ? 'workspace admin' : ''].filter(Boolean).join(', ') || 'member' : '');

  function drawLists(state, here) {
    const entry = (id, mark, name, extra, unread, muted) =>
      h('li', {}, h('a', {
        class: `entry${unread ? ' unread' : ''}${muted ? ' muted' : ''}`, href: options.link({ channel: id }), 'data-channel': id,
        'aria-current': id === here.channel ? 'page' : null,
      }, mark, h('span', { class: 'entry-name' }, name), extra, unread > 0 && h('span', { class: 'count-badge', 'data-testid': 'unread' }, String(unread), h('span', { class: 'sr-only' }, ' unread'))));
    const channels = (state.channels || []).map((c) =>
      entry(c.id, h('span', { class: 'hash', 'aria-hidden': 'true' }, c.is_private ? sign('lock') : '#'), c.name, null, c.unread, c.is_member === false));
    const bot = state.app?.bot_user_id;
    const dms = [...(state.dms || [])].sort((a, b) => Number(b.with === bot) - Number(a.with === bot)).map((dm) =>
      entry(dm.id, avatar(dm.with, { small: true }), [dir.nameOf(dm.with), statusSign(dm.with)], dm.with === bot || dir.isApp(dm.with) ? h('span', { class: 'badge' }, 'APP') : dm.with === here.as ? h('span', { class: 'quiet' }, 'you') : null, dm.unread));
    return [
      state.links?.length > 0 && [h('h2', {}, 'Beside Slack'), h('ul', {}, state.links.map((link) =>
        h('li', {}, h('a', { class: 'entry', href: link.url, target: `playground-${link.label}`, 'data-testid': 'link' },
          h('span', { class: 'hash' }, sign('window')), h('span', { class: 'entry-name' }, link.label)))))],
      h('h2', {}, 'Channels'),
      channels.length ? h('ul', {}, channels) : h('p', { class: 'quiet' }, 'No channels yet.'),
      h('h2', {}, 'Direct messages'),
      h('ul', {}, dms),
    ];
  }

  return { render };
}
