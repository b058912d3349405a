// A small question with two answers, used by Block Kit's confirm objects.

import { h, uid, trapFocus } from './dom.js';
import { textNodes } from './mrkdwn.js';

export function confirmBox(question) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const app = document.getElementById('app');
    const below = [...document.getElementById('dialogs').children].filter((node) => !node.inert);
    const appWasInert = app.inert;
    const titleId = uid('confirm');
    const textId = uid('confirm');
    const answer = (yes) => {
      veil.remove();
      below.forEach((node) => { node.inert = false; });
      app.inert = appWasInert;
      if (before?.isConnected) before.focus();
      resolve(yes);
    };
    const yes = h('button', { type: 'button', class: `btn ${question.style === 'danger' ? 'danger' : 'primary'}`, onclick: () => answer(true) },
      textNodes(question.confirm || 'Yes'));
    const no = h('button', { type: 'button', class: 'btn', onclick: () => answer(false) }, textNodes(question.deny || 'Cancel'));
    const box = h('div', { class: 'dialog small', role: 'alertdialog', 'aria-modal': 'true', 'aria-labelledby': titleId, 'aria-describedby': textId, 'data-testid': 'confirm' },
      h('header', { class: 'dialog-head' }, h('h2', { id: titleId }, textNodes(question.title || 'Are you sure?'))),
      h('div', { class: 'dialog-body text', id: textId }, textNodes(question.text)),
      h('footer', { class: 'dialog-foot' }, no, yes));
    const veil = h('div', { class: 'veil' }, box);
    box.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      answer(false);
    });
    trapFocus(box);
    below.forEach((node) => { node.inert = true; });
    app.inert = true;
    document.getElementById('dialogs').append(veil);
    yes.focus();
  });
}
