import { Button, Group, Progress, ScrollArea, Stack, Text } from "@mantine/core";
import { type ReactNode, useEffect, useRef, useState } from "react";

import { type Entry, type State, askMany, byState, follow, laterSpan } from "../askingMany";
import { type Row, useDesk } from "../desk";
import { moment } from "../ground/format";
import { useNumber } from "../number";
import { useTranslation } from "../words";
import { Dialog } from "./Dialog";
import { Trouble } from "./Trouble";
import { useContent } from "./content";
import { refusalSentence, troubleText } from "./refusals";

type Step =
  | { is: "writing" }
  | { is: "looked"; entries: Entry[] }
  | { is: "asking"; of: number; waiting: number }
  | { is: "over"; entries: Entry[] };

interface Parts {
  customers: readonly Row["customer"][];
  close: (asked: boolean) => void;
}

const FEW = 5; // customers of a kind who are named without being asked for
const NAMED = 100; // customers of a kind who are named; the rest is counted

/** Asks many at once: first what would come of it for each, then the bar, then what came of each. */
export default function AskMany({ customers, close }: Parts): ReactNode {
  const { t, i18n } = useTranslation();
  const { client } = useDesk();
  const [number] = useNumber();
  const content = useContent({ number: number.id, open: null, byTemplate: true });
  const [step, setStep] = useState<Step>({ is: "writing" });
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [key] = useState(() => crypto.randomUUID());
  const over = useRef<AbortController | null>(null);
  useEffect(() => () => over.current?.abort(), []);

  const go = async (dryRun: boolean): Promise<void> => {
    const customerIds = customers.map((customer) => customer.id);
    const whom = { businessNumberId: number.id, customerIds, dryRun };
    setBusy(true);
    setTrouble(null);
    const answer = await askMany(client, { ...whom, ...content.input(), ...(!dryRun && { idempotencyKey: key }) });
    setBusy(false);
    if (answer.is !== "done") {
      setTrouble(troubleText(answer, t, i18n.language));
      return;
    }
    if (dryRun || answer.batch === null) {
      setStep({ is: "looked", entries: answer.entries });
      return;
    }
    const of = answer.entries.filter((entry) => entry.state === "WAITING").length;
    setStep({ is: "asking", of, waiting: of });
    over.current = new AbortController();
    try {
      const told = (waiting: number): void => setStep({ is: "asking", of, waiting });
      const entries = await follow(client, answer.batch, told, over.current.signal);
      setStep({ is: "over", entries });
    } catch (fault) {
      setTrouble(fault instanceof Error ? fault.message : String(fault));
    }
  };

  const now = step.is === "looked" ? step.entries.filter((entry) => entry.state === "WAITING").length : 0;
  return (
    <Dialog
      onClose={() => close(step.is === "asking" || step.is === "over")}
      title={t("many.title", { count: customers.length })}
      size="lg"
    >
      <Stack>
        {step.is === "writing" && content.fields}
        {step.is === "looked" && (
          <>
            <Text>{t("many.wouldCome")}</Text>
            <Groups entries={step.entries} />
          </>
        )}
        {step.is === "asking" && (
          <>
            <Text role="status">{t("many.progress", { done: step.of - step.waiting, of: step.of })}</Text>
            <Progress
              value={step.of === 0 ? 100 : (100 * (step.of - step.waiting)) / step.of}
              aria-label={t("import.progress")}
              animated
            />
            <Text size="sm" c="dimmed">
              {t("many.goesOn")}
            </Text>
          </>
        )}
        {step.is === "over" && (
          <>
            <Text role="status">{t("many.came")}</Text>
            <Groups entries={step.entries} />
          </>
        )}
        {trouble !== null && <Trouble message={trouble} />}
        <Group justify="flex-end">
          {step.is === "looked" && (
            <Button variant="default" onClick={() => setStep({ is: "writing" })}>
              {t("many.back")}
            </Button>
          )}
          {(step.is === "writing" || step.is === "looked") && (
            <Button variant="default" onClick={() => close(false)}>
              {t("settings.cancel")}
            </Button>
          )}
          {step.is === "writing" && (
            <Button disabled={!content.ready} loading={busy} onClick={() => void go(true)}>
              {t("many.look")}
            </Button>
          )}
          {step.is === "looked" && (
            <Button disabled={now === 0} loading={busy} onClick={() => void go(false)}>
              {t("many.go", { count: now })}
            </Button>
          )}
          {(step.is === "asking" || step.is === "over") && (
            <Button onClick={() => close(true)}>{t("settings.done")}</Button>
          )}
        </Group>
      </Stack>
    </Dialog>
  );
}

function Groups({ entries }: { entries: readonly Entry[] }): ReactNode {
  const { t, i18n } = useTranslation();
  return (
    <ScrollArea.Autosize mah={360} type="auto" tabIndex={0}>
      <Stack gap="sm">
        {[...byState(entries)].map(([state, own]) => {
          const span = state === "LATER" ? laterSpan(own) : null;
          return (
            <details key={state} open={own.length <= FEW}>
              <summary>
                <Text fw={600} size="sm" component="span">
                  {t(`many.state.${state}`, { count: own.length })}
                </Text>
              </summary>
              {span && (
                <Text size="sm" c="dimmed">
                  {span.first === span.last
                    ? t("one.from", { when: moment(span.first, i18n.language) })
                    : t("many.between", {
                        first: moment(span.first, i18n.language),
                        last: moment(span.last, i18n.language),
                      })}
                </Text>
              )}
              <Named state={state} entries={own} />
            </details>
          );
        })}
      </Stack>
    </ScrollArea.Autosize>
  );
}

function Named({ state, entries }: { state: State; entries: readonly Entry[] }): ReactNode {
  const { t, i18n } = useTranslation();
  const why = (entry: Entry): string => {
    const sentence = entry.code
      ? refusalSentence({ code: entry.code, message: entry.message ?? "" }, t, i18n.language)
      : "";
    const when = entry.availableAt ? t("one.from", { when: moment(entry.availableAt, i18n.language) }) : "";
    return state === "LATER" ? when : sentence;
  };
  return (
    <Text size="sm" component="ul" my={4} pl="lg">
      {entries.slice(0, NAMED).map((entry) => (
        <li key={entry.customer.id}>
          {entry.customer.name ?? entry.customer.phone}
          {why(entry) && ` — ${why(entry)}`}
        </li>
      ))}
      {entries.length > NAMED && <li>{t("many.others", { count: entries.length - NAMED })}</li>}
    </Text>
  );
}
