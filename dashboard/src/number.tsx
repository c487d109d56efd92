import { type ReactNode, createContext, use, useEffect } from "react";

import { type BusinessNumber, useDesk } from "./desk";
import { useWord } from "./ground/address";

const KEPT_AS = "maycall.number";

const Chosen = createContext<[BusinessNumber, (id: string) => void] | null>(null);

/** Which business number the pages are about: the one in the address, else the one chosen last, else the first. */
export function useChosenNumber(): [BusinessNumber | undefined, (id: string) => void] {
  const { numbers } = useDesk();
  const [id, setId] = useWord("number");
  useEffect(() => {
    if (id !== null) sessionStorage.setItem(KEPT_AS, id);
  }, [id]);
  const wanted = id ?? sessionStorage.getItem(KEPT_AS);
  return [numbers.find((number) => number.id === wanted) ?? numbers[0], setId];
}

export function NumberProvider({ children, none }: { children: ReactNode; none: ReactNode }): ReactNode {
  const [chosen, choose] = useChosenNumber();
  if (!chosen) return none;
  return <Chosen value={[chosen, choose]}>{children}</Chosen>;
}

export function useNumber(): [BusinessNumber, (id: string) => void] {
  const chosen = use(Chosen);
  if (chosen === null) throw new Error("No business number is chosen around this.");
  return chosen;
}
