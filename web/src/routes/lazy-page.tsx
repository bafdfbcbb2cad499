// A page whose code is fetched when it is first shown, or a little before, when somebody points at it.
import { type ComponentType, type LazyExoticComponent, lazy } from "react";

/** The code of a page could not be had: the server is away, or has another version by now. */
export class PageNotLoaded extends Error {
  constructor(cause: unknown) {
    super("The page could not be loaded.", { cause });
    this.name = "PageNotLoaded";
  }
}

export type LazyPage = { Page: LazyExoticComponent<ComponentType>; preload: () => void };

export function lazyPage(load: () => Promise<ComponentType>): LazyPage {
  const Page = lazy(async () => {
    try {
      return { default: await load() };
    } catch (cause) {
      throw new PageNotLoaded(cause);
    }
  });
  // A failure is told when the page is really wanted.
  return { Page, preload: () => void load().catch(() => {}) };
}
