// The columns of the table. They give way from the least to the most needed as the screen narrows; the
// window of a callback shows everything on every screen.
import { cn } from "@/lib/cn";

export const columns = cn(
  "grid items-center gap-x-3 pr-4 pl-3",
  "grid-cols-[1rem_0.5rem_1rem_5.25rem_minmax(7rem,1.2fr)_minmax(8rem,1.2fr)_minmax(6rem,1fr)_5.5rem_2.25rem]",
  "lg:grid-cols-[1rem_0.5rem_1rem_5.25rem_minmax(8rem,1.2fr)_minmax(8rem,11rem)_minmax(7rem,11rem)_minmax(6rem,1.4fr)_4rem_4.5rem_5.5rem_2.25rem]",
  "xl:grid-cols-[1rem_0.5rem_1rem_5.25rem_minmax(8rem,1.2fr)_minmax(6rem,1fr)_minmax(8rem,11rem)_minmax(7rem,11rem)_minmax(6rem,1.6fr)_4rem_4.5rem_5.5rem_2.25rem]",
);

export const fromLg = "hidden lg:block";
export const fromXl = "hidden xl:block";

// A column of pictures needs no words, except for those who cannot see them.
const unseen = "[&]:text-[0px]";

/** After the one with the boxes to tick. */
export const headings = [
  { text: "Viewed", className: unseen },
  { text: "Signature", className: unseen },
  { text: "Status" },
  { text: "Callback id" },
  { text: "Job", className: fromXl },
  { text: "Event" },
  { text: "Workflow" },
  { text: "Preview", className: fromLg },
  { text: "Cost", className: cn(fromLg, "text-right") },
  { text: "Duration", className: cn(fromLg, "text-right") },
  { text: "Received", className: "text-right" },
  { text: "Open", className: unseen },
];
