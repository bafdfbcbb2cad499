// Joins class names, leaving out what is false.
import { clsx } from "clsx";

export const cn = clsx;
