// Where the focus was when something opened over the page, and the way back. An entry of a menu is gone
// by then: its menu's button stands for it. Where nothing is left, the page's content takes it.

/** Call it when something opens; what it gives back, when that closes. */
export function focusOrigin(): () => void {
  const before = document.activeElement;
  const menu = before?.closest('[role="menu"]');
  const button = menu && document.getElementById(menu.getAttribute("aria-labelledby") ?? "");
  const origin = button ?? before;
  return () => {
    const isThere = origin instanceof HTMLElement && origin !== document.body && origin.isConnected;
    (isThere ? origin : document.getElementById("main"))?.focus();
  };
}
