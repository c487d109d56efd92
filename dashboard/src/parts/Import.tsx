import { Button, FileInput, Group, Progress, ScrollArea, Stack, Table, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";

import { useDesk } from "../desk";
import { type Outcome, type Sheet, bringIn, readSheet } from "../importing";
import { useTranslation } from "../words";
import { Dialog } from "./Dialog";
import { Trouble } from "./Trouble";

type Step =
  { is: "choosing" } | { is: "looking" | "bringing in"; done: number } | { is: "looked" | "over"; outcome: Outcome };

/** Customers out of a file: first what would come of it, then the bar, then every line that was refused and why. */
export default function Import({ close }: { close: () => void }): ReactNode {
  const { t } = useTranslation();
  const { client } = useDesk();
  const [sheet, setSheet] = useState<Sheet | null>(null);
  const [step, setStep] = useState<Step>({ is: "choosing" });
  const [trouble, setTrouble] = useState<string | null>(null);

  const go = async (wanted: Sheet, dryRun: boolean): Promise<void> => {
    const is = dryRun ? "looking" : "bringing in";
    setTrouble(null);
    setStep({ is, done: 0 });
    try {
      const outcome = await bringIn(client, wanted, dryRun, (done) => setStep({ is, done }));
      setStep({ is: dryRun ? "looked" : "over", outcome });
    } catch (fault) {
      setTrouble(fault instanceof Error ? fault.message : String(fault));
      setStep({ is: "choosing" });
    }
  };
  const choose = async (file: File | null): Promise<void> => {
    if (file === null) return;
    const read = readSheet(await file.text());
    setSheet(read);
    if (read.rows.length === 0) setTrouble(t("import.empty"));
    else await go(read, true);
  };

  return (
    <Dialog onClose={close} title={t("import.title")} size="lg">
      <Stack>
        {step.is !== "over" && (
          <FileInput
            label={t("import.file")}
            description={t("import.hint")}
            accept=".csv,.tsv,.txt,text/csv"
            onChange={(file) => void choose(file)}
          />
        )}
        {sheet !== null && sheet.unknown.length > 0 && (
          <Text size="sm">{t("import.unknown", { headings: sheet.unknown.join(", ") })}</Text>
        )}
        {trouble !== null && <Trouble message={trouble} />}
        {(step.is === "looking" || step.is === "bringing in") && sheet && (
          <Progress value={(100 * step.done) / sheet.rows.length} aria-label={t("import.progress")} animated />
        )}
        {(step.is === "looked" || step.is === "over") && <Came outcome={step.outcome} over={step.is === "over"} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t(step.is === "over" ? "settings.done" : "settings.cancel")}
          </Button>
          {step.is === "looked" && sheet && (
            <Button disabled={step.outcome.created + step.outcome.updated === 0} onClick={() => void go(sheet, false)}>
              {t("import.go", { count: step.outcome.created + step.outcome.updated })}
            </Button>
          )}
        </Group>
      </Stack>
    </Dialog>
  );
}

function Came({ outcome, over }: { outcome: Outcome; over: boolean }): ReactNode {
  const { t } = useTranslation();
  return (
    <div role="status">
      <Text fw={600}>{t(over ? "import.came" : "import.wouldCome")}</Text>
      <Text>
        {t("import.figures", {
          created: outcome.created,
          updated: outcome.updated,
          unchanged: outcome.unchanged,
          refused: outcome.refused.length,
        })}
      </Text>
      {outcome.refused.length > 0 && (
        <ScrollArea.Autosize mah={240} mt="xs">
          <Table aria-label={t("import.refused")}>
            <Table.Tbody>
              {outcome.refused.map(({ line, problem, message }) => (
                <Table.Tr key={line}>
                  <Table.Td style={{ whiteSpace: "nowrap" }}>{t("import.line", { line })}</Table.Td>
                  <Table.Td>{t(`import.problem.${problem ?? ""}`, { defaultValue: "" }) || message}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea.Autosize>
      )}
    </div>
  );
}
