import { Tooltip } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";

/** The hint of an element, beside it, as long as it has one. */
export default function Hint({ on }: { on: HTMLElement }): ReactNode {
  const [text, setText] = useState(on.dataset.hint);
  useEffect(() => {
    const read = (): void => setText(on.dataset.hint);
    read();
    const watching = new MutationObserver(read);
    watching.observe(on, { attributes: true, attributeFilter: ["data-hint"] });
    return () => watching.disconnect();
  }, [on]);
  return <Tooltip target={on} opened={Boolean(text)} label={text} multiline maw={320} />;
}
