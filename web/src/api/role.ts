// The role of whoever is signed in, for everything below the signed-in part of the page.
import { createContext, useContext } from "react";
import type { Role } from "./types";

const RoleContext = createContext<Role>("MEMBER");

export const RoleProvider = RoleContext.Provider;

export function useRole(): Role {
  return useContext(RoleContext);
}
