// Saves text that the page has already as a file, without asking the server for it.

export function saveText(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it when this task is over.
  setTimeout(() => URL.revokeObjectURL(url));
}
