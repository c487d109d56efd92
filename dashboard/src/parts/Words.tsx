import type { Client } from "@urql/core";
import { useEffect, useMemo, useSyncExternalStore } from "react";

import { useDesk } from "../desk";
import { Watched } from "../ground/watched";
import { useNumber } from "../number";
import { type Asked, type Listed, wordsOf } from "../requestWords";
import { useTranslation } from "../words";
import { Templates } from "./RequestDialog.graphql";

const NONE: readonly Listed[] = [];

/** The templates of each business number, which are asked for once, when somebody first tells of a request. */
class Known extends Watched<ReadonlyMap<string, readonly Listed[]>> {
  #asked = false;

  constructor(private readonly client: Client) {
    super(new Map());
  }

  of(number: string): readonly Listed[] {
    return this.state.get(number) ?? NONE;
  }

  async ask(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    const { data } = await this.client.query(Templates, {}).toPromise();
    if (!data) return;
    this.turn(new Map(data.businessNumbers.map((each) => [each.id, each.templates ?? NONE])));
  }
}

const known = new WeakMap<Client, Known>();

function knownBy(client: Client): Known {
  const there = known.get(client) ?? new Known(client);
  known.set(client, there);
  return there;
}

/** Tells in what words somebody was asked, in a line. */
export function useRequestWords(): (asked: Asked) => string {
  const { t } = useTranslation();
  const { client } = useDesk();
  const [number] = useNumber();
  const store = knownBy(client);
  const templates = useSyncExternalStore(store.watch, () => store.of(number.id));
  useEffect(() => void store.ask(), [store]);
  return useMemo(
    () => (asked) => {
      const words = wordsOf(asked, templates);
      switch (words.is) {
        case "own":
          return t("words.quoted", { text: words.text });
        case "template":
          return words.text === null
            ? t("words.template", { name: words.name })
            : t("words.quoted", { text: words.text });
        case "plain":
          return t("words.plain");
      }
    },
    [t, templates],
  );
}
