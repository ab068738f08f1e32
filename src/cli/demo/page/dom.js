// Small helpers. What people wrote goes into the page only through these, as text.

// An element with a class and children; a string is text, never markup.
export function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (tag === "button") node.type = "button";
  node.append(...children);
  return node;
}

// A picture from the sheet of the page.
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#${name}`);
  svg.append(use);
  return svg;
}

// A button with a picture on it and a name.
export function iconButton(name, label, className) {
  const button = make("button", `icon ${className}`, icon(name));
  button.setAttribute("aria-label", label);
  button.title = label;
  return button;
}

// A menu that a button opens: Escape, a choice and a press elsewhere close it; the focus goes back to the button.
export function menu(button, list) {
  const close = (back) => {
    if (list.hidden) return;
    list.hidden = true;
    button.setAttribute("aria-expanded", "false");
    if (back) button.focus();
  };
  button.addEventListener("click", () => {
    list.hidden = !list.hidden;
    button.setAttribute("aria-expanded", String(!list.hidden));
    if (!list.hidden) list.querySelector("button, select, a")?.focus();
  });
  const leave = (event) => {
    const to = event.type === "focusout" ? event.relatedTarget : event.target;
    if (to instanceof Node && !list.contains(to) && !button.contains(to)) close(false);
  };
  list.addEventListener("focusout", leave);
  document.addEventListener("pointerdown", leave);
  for (const node of [list, button]) {
    node.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close(true);
    });
  }
  list.addEventListener("click", (event) => {
    if (event.target.closest("button")) close(true);
  });
}
