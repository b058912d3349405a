// What a person types and what Slack keeps: signs escaped, people and channels by their ids.

import { escape, unescape } from './mrkdwn.js';
import * as dir from './directory.js';

export function asSlack(text) {
  const ids = new Map();
  for (const p of dir.allPeople()) {
    for (const name of [p.name, dir.tagOf(p.id)]) if (name) ids.set(escape(name), p.id);
  }
  // The longest first, so that "@Asha Rao" is not a mention of an "Asha".
  const names = [...ids.keys()].sort((a, b) => b.length - a.length).map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const mention = new RegExp(`(^|[\\s(])@(${names.join('|')})(?![._\\-]*[\\p{L}\\p{N}])`, 'gu');
  return (names.length ? escape(text).replace(mention, (_, lead, name) => `${lead}<@${ids.get(name)}>`) : escape(text))
    .replace(/(^|[\s(])#([\p{L}\p{N}_-]+)/gu, (whole, lead, name) => {
      const found = dir.allChannels().find((c) => c.name === name);
      return found ? `${lead}<#${found.id}|${name}>` : whole;
    });
}

export function asTyped(text) {
  return unescape(String(text ?? '')
    .replace(/<@(\w+)(?:\|[^>]*)?>/g, (whole, id) => (dir.person(id) ? `@${dir.tagOf(id)}` : whole))
    .replace(/<#(\w+)(?:\|([^>]*))?>/g, (whole, id, name) => `#${dir.channel(id)?.name || name || id}`)
    .replace(/<((?:https?|mailto):[^|>]+)(?:\|[^>]*)?>/g, '$1'));
}
