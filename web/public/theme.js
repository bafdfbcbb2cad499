// Sets the colour scheme before the first paint, so that the page never flashes in the wrong one.
// A classic script of its own, because the content security policy allows no inline script.
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem("callbackd.theme");
  } catch {
    // Storage can be forbidden; then the system's scheme holds.
  }
  const dark =
    theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
