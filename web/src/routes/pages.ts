// The pages of the console, in the order of the bar.

export type Page = { title: string; href: string; owns: (pathname: string) => boolean };

export const pages: readonly Page[] = [
  {
    title: "Callbacks",
    href: "/",
    owns: (pathname) => pathname === "/" || pathname.startsWith("/callbacks/"),
  },
];
