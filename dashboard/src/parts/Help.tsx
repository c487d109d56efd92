import { Kbd, Table } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "../words";
import { Dialog } from "./Dialog";

const KEYS = [
  ["/", "search"],
  ["j", "down"],
  ["k", "up"],
  ["Enter", "open"],
  ["r", "request"],
  ["c", "call"],
  ["m", "mute"],
  ["x", "choose"],
  ["g", "go"],
  ["?", "help"],
] as const;

export default function Help({ close }: { close: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <Dialog onClose={close} title={t("help.title")}>
      <Table>
        <Table.Tbody>
          {KEYS.map(([key, word]) => (
            <Table.Tr key={key}>
              <Table.Td>
                <Kbd>{key}</Kbd>
              </Table.Td>
              <Table.Td>{t(`help.${word}`)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Dialog>
  );
}
