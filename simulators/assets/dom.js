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
    if (refocus) button.focus();
  };
  const outside = (event) => {
    if (menu && !menu.contains(event.target) && !button.contains(event.target)) close(false);
  };
  const open = () => {
    menu = h('div', { class: `menu ${className}`, role: 'menu', 'aria-label': label }, items(() => close(true)));
    button.after(menu);
    button.setAttribute('aria-expanded', 'true');
    document.addEventListener('pointerdown', outside, true);
    const stops = () => [...menu.querySelectorAll('[role^="menuitem"]')];
    (menu.querySelector('[aria-checked="true"]') || stops()[0])?.focus();
    menu.addEventListener('keydown', (event) => {
      const all = stops();
      const at = all.indexOf(document.activeElement);
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
