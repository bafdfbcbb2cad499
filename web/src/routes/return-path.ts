// Where a person was going when he had to sign in first.

export function signInPath(pathname: string, search: string): string {
  const to = search === "" ? pathname : `${pathname}?${search}`;
  return to === "/" ? "/sign-in" : `/sign-in?to=${encodeURIComponent(to)}`;
}

/** Only a path of our own: a link must not send a person, freshly signed in, to another host. */
export function readReturn(search: string): string {
  const to = new URLSearchParams(search).get("to") ?? "/";
  return /^\/(?![/\\])/.test(to) && !to.startsWith("/sign-in") ? to : "/";
}
