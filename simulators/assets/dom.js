// Small helpers to build DOM nodes. Text always becomes a text node, never markup.

export function h(tag, props, ...kids) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (key === 'class') node.className = value;
    else if (key === 'value') node.value = value;
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...kids.flat(Infinity).filter((kid) => kid !== undefined && kid !== null && kid !== false));
  return node;
}

let counter = 0;
export const uid = (prefix) => `${prefix}-${++counter}`;

// The page's own few signs, so that they do not depend on the fonts of the machine.
const SIGNS = {
  send: 'M2 2.5 14 8 2 13.5 4.2 8.8 9 8 4.2 7.2Z',
  window: 'M9 2h5v5l-1.9-1.9L8 9.2 6.8 8l4.1-4.1ZM3.5 4H7v1.5H4v6.5h6.5V9H12v3.5a1 1 0 0 1-1 1H3.5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1Z',
  lock: 'M5 7V5a3 3 0 0 1 6 0v2h.5A1.5 1.5 0 0 1 13 8.5v4a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 3 12.5v-4A1.5 1.5 0 0 1 4.5 7Zm1.5 0h3V5a1.5 1.5 0 0 0-3 0Z',
  reply: 'M6.5 3v3c4 0 6.5 2 7 6.5C12 10.5 10 9.8 6.5 9.8V13l-5-5Z',
};
export function sign(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'sign');
  svg.setAttribute('aria-hidden', 'true');
  path.setAttribute('d', SIGNS[name]);
  path.setAttribute('fill', 'currentcolor');
  svg.append(path);
  return svg;
}

export const FOCUSABLE =
  'a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), [tabindex]:not([tabindex="-1"])';

export const visible = (node) => node.getClientRects().length > 0;

// Keeps Tab inside `box`. Toasts stay reachable with the mouse.
export function trapFocus(box) {
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Tab') return;
    const stops = [...box.querySelectorAll(FOCUSABLE)].filter(visible);
    if (!stops.length) return event.preventDefault();
    const first = stops[0];
    const last = stops[stops.length - 1];
    if (event.shiftKey && (document.activeElement === first || document.activeElement === box)) {
      event.preventDefault();
      last.focus();
    } else if (!event.shiftKey && document.activeElement === last) {
      event.preventDefault();
      first.focus();
    }
  });
}

// Fixed to the window, so that no scrolling pane cuts it off: below the button, or above when there is no room.
function place(button, menu) {
  const at = button.getBoundingClientRect();
  const room = innerHeight - at.bottom - 12;
  const above = menu.offsetHeight > room && at.top > room;
  menu.style.maxHeight = `${Math.max(120, above ? at.top - 12 : room)}px`;
  menu.style.top = above ? 'auto' : `${at.bottom + 4}px`;
  menu.style.bottom = above ? `${innerHeight - at.top + 4}px` : 'auto';
  menu.style.left = `${Math.max(8, Math.min(at.left, innerWidth - menu.offsetWidth - 8))}px`;
}

// A menu that opens below (or above) a button and closes on Escape, Tab or a click elsewhere.
// `items` is a function that returns the option nodes (buttons or links).
export function popupMenu(button, items, { className = '', label }) {
  let menu = null;
  const close = (refocus) => {
    if (!menu) return;
    menu.remove();
    menu = null;
    button.setAttribute('aria-expanded', 'false');
    document.removeEventListener('pointerdown', outside, true);
    document.removeEventListener('scroll', scrolled, true);
    if (refocus) button.focus();
  };
  const outside = (event) => {
    if (menu && !menu.contains(event.target) && !button.contains(event.target)) close(false);
  };
  const scrolled = (event) => {
    if (menu && !menu.contains(event.target)) close(false);
  };
  const open = () => {
    menu = h('div', { class: `menu ${className}`, role: 'menu', 'aria-label': label }, items(() => close(true)));
    button.after(menu);
    place(button, menu);
    document.addEventListener('scroll', scrolled, true);
    button.setAttribute('aria-expanded', 'true');
    document.addEventListener('pointerdown', outside, true);
    const stops = () => [...menu.querySelectorAll('[role^="menuitem"]:not(.aside)')];
    (menu.querySelector('[aria-checked="true"]') || stops()[0])?.focus();
    menu.addEventListener('keydown', (event) => {
      const all = stops();
      const row = document.activeElement.closest('.menu-row');
      if (row && (event.key === 'ArrowRight' || event.key === 'ArrowLeft')) {
        event.preventDefault();
        return row.querySelector(event.key === 'ArrowRight' ? '.aside' : ':not(.aside)').focus();
      }
      const at = row ? all.findIndex((one) => row.contains(one)) : all.indexOf(document.activeElement);
      const go = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
      if (go !== undefined) {
        event.preventDefault();
        all[go % all.length].focus();
      } else if (event.key === 'Escape' || event.key === 'Tab') {
        event.preventDefault();
        event.stopPropagation();
        close(true);
      }
    });
  };
  button.setAttribute('aria-haspopup', 'menu');
  button.setAttribute('aria-expanded', 'false');
  button.addEventListener('click', () => (menu ? close(false) : open()));
  return { close };
}
