// Slack's mrkdwn and rich text as DOM nodes. Nothing here ever parses HTML.

import { h } from './dom.js';
import { emoji, emojiNode, emojiNodes, withEmoji } from './emoji.js';
import * as dir from './directory.js';

export const unescape = (text) => text.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: '<', gt: '>', amp: '&' })[name]);
export const escape = (text) => text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign]);

// A text object: {"type":"plain_text"|"mrkdwn","text":…} or a plain string.
export function textNodes(text) {
  if (text === null || text === undefined) return [];
  if (typeof text === 'string') return emojiNodes(text);
  if (text.type === 'mrkdwn') return mrkdwn(text.text);
  return text.emoji === false ? [text.text || ''] : emojiNodes(text.text);
}

export const plain = (text) => (typeof text === 'string' ? withEmoji(text) : withEmoji(text?.text));

export function mrkdwn(text) {
  return blockLevel(String(text ?? ''));
}

function blockLevel(text) {
  const out = [];
  const fence = /```\n?([\s\S]+?)\n?```\n?/g;
  let last = 0;
  for (let found; (found = fence.exec(text)); last = fence.lastIndex) {
    out.push(...lines(text.slice(last, found.index).replace(/\n$/, '')));
    out.push(h('pre', { class: 'code' }, preformatted(found[1])));
  }
  out.push(...lines(text.slice(last)));
  return out;
}

function lines(text) {
  if (!text) return [];
  const out = [];
  let run = [];
  let quote = [];
  const endRun = () => {
    if (run.length) out.push(...inline(run.join('\n')));
    run = [];
  };
  const endQuote = () => {
    if (quote.length) out.push(h('blockquote', {}, inline(quote.join('\n'))));
    quote = [];
  };
  const all = text.split('\n');
  for (let at = 0; at < all.length; at += 1) {
    const line = all[at];
    const rest = line.match(/^(?:&gt;|>){3}\s?(.*)$/);
    const quoted = line.match(/^(?:&gt;|>)\s?(.*)$/);
    const item = line.match(/^(\s*)([•◦▪‣-]|\d{1,2}\.)\s+(\S.*)$/);
    if (rest) {
      endRun();
      quote.push(rest[1], ...all.slice(at + 1));
      break;
    }
    if (quoted) {
      endRun();
      quote.push(quoted[1]);
      continue;
    }
    endQuote();
    if (item) {
      endRun();
      const row = h('div', { class: 'item' }, h('span', { class: 'bullet' }, `${item[2]} `), h('span', {}, inline(item[3])));
      row.style.marginInlineStart = `${Math.min(item[1].length, 8) * 0.5}em`;
      out.push(row);
      continue;
    }
    run.push(line);
  }
  endRun();
  endQuote();
  return out;
}

const SPECIAL = /^<((?:[@#!]|https?:|mailto:|tel:|[a-z][a-z0-9+.-]*:)[^<>\n]*)>/i;
const isWord = (sign) => sign !== undefined && /[\p{L}\p{N}]/u.test(sign);
const STYLES = { '*': 'strong', _: 'em', '~': 's' };

function inline(text) {
  const out = [];
  let buffer = '';
  const flush = () => {
    if (buffer) out.push(unescape(buffer));
    buffer = '';
  };
  for (let at = 0; at < text.length; ) {
    const sign = text[at];
    const rest = text.slice(at);
    let match;
    if (sign === '<' && (match = rest.match(SPECIAL))) {
      flush();
      out.push(special(match[1]));
      at += match[0].length;
    } else if (sign === '`' && (match = rest.match(/^`([^`\n]+)`/))) {
      flush();
      out.push(h('code', {}, preformatted(match[1])));
      at += match[0].length;
    } else if (sign === ':' && (match = rest.match(/^:([a-z0-9_+'-]+)(?:::skin-tone-\d)?:/i)) && emoji(match[1])) {
      flush();
      out.push(emojiNode(match[1]));
      at += match[0].length;
    } else if (STYLES[sign] && !isWord(text[at - 1]) && text[at - 1] !== sign) {
      const end = closing(text, at, sign);
      if (end < 0) {
        buffer += sign;
        at += 1;
      } else {
        flush();
        out.push(h(STYLES[sign], {}, inline(text.slice(at + 1, end))));
        at = end + 1;
      }
    } else if (sign === 'h' && !isWord(text[at - 1]) && (match = rest.match(/^https?:\/\/[^\s<>|`]+[^\s<>|`.,;:!?)'"*_~]/))) {
      flush();
      out.push(link(unescape(match[0]), [unescape(match[0])]));
      at += match[0].length;
    } else {
      buffer += sign;
      at += 1;
    }
  }
  flush();
  return out;
}

// Where the style that opens at `from` closes; -1 when it does not.
function closing(text, from, sign) {
  if (from + 1 >= text.length || /\s/.test(text[from + 1]) || text[from + 1] === sign) return -1;
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\n') return -1;
    if (text[at] === '<') {
      const end = text.indexOf('>', at);
      if (end > 0) at = end;
    } else if (text[at] === '`') {
      const end = text.indexOf('`', at + 1);
      if (end > 0) at = end;
    } else if (text[at] === sign && at > from + 1 && !/\s/.test(text[at - 1]) && !isWord(text[at + 1])) {
      return at;
    }
  }
  return -1;
}

// Code shows its text as it is, but links and mentions inside it still read well.
function preformatted(text) {
  return text.split(/(<[^<>\n]+>)/).map((part) => (/^<[^<>\n]+>$/.test(part) ? special(part.slice(1, -1)) : unescape(part)));
}

function special(body) {
  const bar = body.indexOf('|');
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? null : body.slice(bar + 1);
  if (target.startsWith('@')) return mention(target.slice(1), label);
  if (target.startsWith('#')) return channelLink(target.slice(1), label);
  if (target.startsWith('!date^')) return dateNode(target.slice(6).split('^'), label);
  if (target.startsWith('!subteam^')) return h('span', { class: 'mention' }, unescape(label || '@group'));
  if (target.startsWith('!')) return h('span', { class: 'mention' }, unescape(label || `@${target.slice(1)}`));
  return link(unescape(target), label ? inline(label) : [unescape(target.replace(/^mailto:/, ''))]);
}

export function link(url, label) {
  if (!/^(https?:|mailto:)/i.test(url)) return h('span', {}, label);
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, label);
}

export function mention(id, label) {
  const known = dir.person(id);
  const name = known ? dir.nameOf(id) : unescape(label || id);
  return h('span', { class: 'mention', 'data-user': id }, `@${name.replace(/^@/, '')}`);
}

function channelLink(id, label) {
  const name = dir.channel(id)?.name || unescape(label || '') || 'private channel';
  return dir.channel(id)
    ? h('a', { class: 'mention', href: `#channel=${id}`, 'data-open-channel': id }, `#${name}`)
    : h('span', { class: 'mention' }, `#${name}`);
}

function dateNode([stamp, pattern, url], fallback) {
  const good = /^-?\d+$/.test(stamp || '') && pattern;
  const text = good
    ? unescape(pattern).replace(/\{(\w+)\}/g, (_, token) => dir.dateToken(stamp, token))
    : unescape(fallback || '');
  const shown = /^\{date\w*_pretty\}/.test(pattern || '') ? text[0].toUpperCase() + text.slice(1) : text;
  const node = h('time', good ? { datetime: new Date(stamp * 1000).toISOString(), title: dir.fullTime(stamp) } : {}, shown);
  return url ? link(unescape(url), [node]) : node;
}

// ---- rich_text ----

export function richText(block) {
  return (block.elements || []).map((part) => {
    switch (part.type) {
      case 'rich_text_list': return richList(part);
      case 'rich_text_quote': return h('blockquote', {}, (part.elements || []).map(richInline));
      case 'rich_text_preformatted': return h('pre', { class: 'code' }, (part.elements || []).map(richInline));
      default: return h('div', { class: 'text' }, (part.elements || []).map(richInline));
    }
  });
}

function richList(part) {
  const list = h(part.style === 'ordered' ? 'ol' : 'ul', { class: 'rich-list', start: part.style === 'ordered' && part.offset ? part.offset + 1 : null },
    (part.elements || []).map((item) => h('li', {}, (item.elements || []).map(richInline))));
  list.style.marginInlineStart = `${(part.indent || 0) * 1.5}em`;
  return list;
}

function richInline(el) {
  let node;
  switch (el.type) {
    case 'text': node = el.text || ''; break;
    case 'link': node = link(el.url || '', [el.text || el.url || '']); break;
    case 'user': node = mention(el.user_id, null); break;
    case 'channel': node = channelLink(el.channel_id, null); break;
    case 'emoji': node = emoji(el.name || '') ? emojiNode(el.name) : `:${el.name}:`; break;
    case 'broadcast': node = h('span', { class: 'mention' }, `@${el.range}`); break;
    case 'usergroup': node = h('span', { class: 'mention' }, '@group'); break;
    case 'date': node = dateNode([String(el.timestamp), escape(el.format || '{date}'), el.url], escape(el.fallback || '')); break;
    default: node = el.text || '';
  }
  const style = el.style || {};
  if (style.code) node = h('code', {}, node);
  if (style.strike) node = h('s', {}, node);
  if (style.italic) node = h('em', {}, node);
  if (style.bold) node = h('strong', {}, node);
  return node;
}
