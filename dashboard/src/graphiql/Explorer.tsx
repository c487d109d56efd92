import { GraphiQL } from "graphiql";
import { useEffect, useMemo, useState, type ReactNode, type SubmitEvent } from "react";

import { askingWith, ENDPOINT, UnwelcomeError } from "./asking";
import { examplesFor, type Example } from "./examples";
import { findToken, forgetToken, keepToken } from "./token";

// What is written in the editors stays in this tab, as the token does.
const storage = sessionStorage;

export function Explorer(): ReactNode {
  const [token, setToken] = useState(findToken);
  const [examples, setExamples] = useState<Example[] | null>(null);
  const [trouble, setTrouble] = useState("");

  useEffect(() => {
    if (token === null) return undefined;
    let left = false;
    examplesFor(token).then(
      (found) => {
        if (left) return;
        keepToken(token);
        setExamples(found);
      },
      (fault: unknown) => {
        if (left) return;
        forgetToken();
        setToken(null);
        setTrouble(
          fault instanceof UnwelcomeError ? fault.message : "The server does not answer. Is it still running?",
        );
      },
    );
    return () => {
      left = true;
    };
  }, [token]);

  if (token === null) return <Door trouble={trouble} enter={setToken} />;
  if (examples === null) return <p className="waiting">Looking at what there is…</p>;
  const leave = () => {
    forgetToken();
    setTrouble("");
    setExamples(null);
    setToken(null);
  };
  return <Editors token={token} examples={examples} leave={leave} />;
}

function Door({ trouble, enter }: { trouble: string; enter: (token: string) => void }): ReactNode {
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget).get("token");
    if (typeof given === "string" && given.trim()) enter(given.trim());
  };
  return (
    <main className="door">
      <h1>Maycall · GraphiQL</h1>
      <p>
        Paste a token. <code>make run</code> prints one; <code>python -m server token create</code> makes more. Programs
        ask at <code>{ENDPOINT.href}</code>.
      </p>
      <form onSubmit={submit}>
        <label>
          Token <input name="token" type="password" autoComplete="off" spellCheck={false} required />
        </label>
        <button type="submit">Sign in</button>
      </form>
      <p role="alert">{trouble}</p>
    </main>
  );
}

function Editors({ token, examples, leave }: { token: string; examples: Example[]; leave: () => void }): ReactNode {
  const asking = useMemo(() => askingWith(token), [token]);
  useEffect(() => asking.close, [asking]);
  return (
    <GraphiQL
      fetcher={asking.fetcher}
      storage={storage}
      defaultTabs={examples.map(({ query, variables }) => ({ query, variables }))}
      defaultEditorToolsVisibility="variables"
      isHeadersEditorEnabled={false}
      showPersistHeadersSettings={false}
    >
      <GraphiQL.Logo>
        <span className="mark">Maycall</span>{" "}
        <a href="/sandbox" target="maycall-phones">
          Phones
        </a>{" "}
        <button type="button" className="graphiql-un-styled" onClick={leave}>
          Sign out
        </button>
      </GraphiQL.Logo>
    </GraphiQL>
  );
}
