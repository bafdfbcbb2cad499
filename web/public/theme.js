// Sets the colour scheme and the density before the first paint, so that the page never flashes in the
// wrong ones. A classic script of its own, because the content security policy allows no inline script.
(() => {
  function chosen(name) {
    try {
      return localStorage.getItem(`callbackd.${name}`);
    } catch {
      // Storage can be forbidden; then the defaults hold.
      return null;
    }
  }
  const theme = chosen("theme");
  const dark =
    theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  const { dataset } = document.documentElement;
  dataset.theme = dark ? "dark" : "light";
  dataset.density = chosen("density") === "compact" ? "compact" : "comfortable";
})();
