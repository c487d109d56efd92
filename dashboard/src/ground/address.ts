import { useCallback } from "react";
import { useSearchParams } from "wouter";

/** One word of the address's query, by which a view can be shared; null takes it out. */
export function useWord(name: string): [string | null, (word: string | null) => void] {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (word: string | null) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          if (word === null || word === "") after.delete(name);
          else after.set(name, word);
          return after;
        },
        { replace: true },
      ),
    [name, setParams],
  );
  return [params.get(name), set];
}

/** Several words under one name of the address's query. */
export function useWords(name: string): [string[], (words: string[]) => void] {
  const [word, setWord] = useWord(name);
  const set = useCallback((words: string[]) => setWord(words.join(",")), [setWord]);
  return [word ? word.split(",") : [], set];
}
