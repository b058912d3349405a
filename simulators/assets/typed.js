// What a person types and what Slack keeps: signs escaped, people and channels by their ids.

import { escape, unescape } from './mrkdwn.js';
import * as dir from './directory.js';

export function asSlack(text) {
  const people = dir.allPeople().filter((p) => p.name).sort((a, b) => b.name.length - a.name.length);
  return escape(text)
    .replace(/(^|[\s(])@([\p{L}\p{N}._-]+)/gu, (whole, lead, name) => {
      const found = people.find((p) => name === p.name || (name.startsWith(p.name) && /^[._-]+$/.test(name.slice(p.name.length))));
      return found ? `${lead}<@${found.id}>${name.slice(found.name.length)}` : whole;
    })
    .replace(/(^|[\s(])#([\p{L}\p{N}_-]+)/gu, (whole, lead, name) => {
      const found = dir.allChannels().find((c) => c.name === name);
      return found ? `${lead}<#${found.id}|${name}>` : whole;
    });
}

export function asTyped(text) {
  return unescape(String(text ?? '')
    .replace(/<@(\w+)(?:\|[^>]*)?>/g, (whole, id) => (dir.person(id) ? `@${dir.person(id).name}` : whole))
    .replace(/<#(\w+)(?:\|([^>]*))?>/g, (whole, id, name) => `#${dir.channel(id)?.name || name || id}`)
    .replace(/<((?:https?|mailto):[^|>]+)(?:\|[^>]*)?>/g, '$1'));
}
