import { type ReactNode, createContext, use } from "react";

import { type BusinessNumber, useDesk } from "./desk";
import { useWord } from "./ground/address";

const Chosen = createContext<[BusinessNumber, (id: string) => void] | null>(null);

/** Which business number the page is about: the one in the address, or the first. */
export function NumberProvider({ children, none }: { children: ReactNode; none: ReactNode }): ReactNode {
  const { numbers } = useDesk();
  const [id, setId] = useWord("number");
  const chosen = numbers.find((number) => number.id === id) ?? numbers[0];
  if (!chosen) return none;
  return <Chosen value={[chosen, setId]}>{children}</Chosen>;
}

export function useNumber(): [BusinessNumber, (id: string) => void] {
  const chosen = use(Chosen);
  if (chosen === null) throw new Error("No business number is chosen around this.");
  return chosen;
}
