// Exchanges the parts of a page that a fresh copy has otherwise; what is the same is left alone, so
// that nobody loses their place or hears it twice.

const TOKEN = /name="csrfmiddlewaretoken" value="[^"]*"|name="key" value="[^"]*"/g;

export function exchange(root: ParentNode, page: Document): void {
  for (const part of root.querySelectorAll<HTMLElement>("[data-part][id]")) {
    const fresh = page.getElementById(part.id);
    if (!fresh || same(part, fresh)) continue;
    const focused = part.contains(document.activeElement) ? document.activeElement : null;
    // Whoever is typing finishes first.
    if (focused instanceof HTMLInputElement && focused.type === "text" && focused.value) continue;
    const next = document.importNode(fresh, true);
    part.replaceWith(next);
    if (focused) refocus(next, focused);
  }
}

function same(one: HTMLElement, other: HTMLElement): boolean {
  return one.outerHTML.replace(TOKEN, "") === other.outerHTML.replace(TOKEN, "");
}

function refocus(part: HTMLElement, before: Element): void {
  const again = before.id ? part.querySelector<HTMLElement>(`#${CSS.escape(before.id)}`) : null;
  if (again) return again.focus();
  part.tabIndex = -1;
  part.focus({ preventScroll: true });
}
