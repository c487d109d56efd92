import { Badge, ScrollArea, Table, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useDesk } from "../../desk";
import { moment } from "../../ground/format";

/** The business numbers, and how each fares with WhatsApp. */
export default function Numbers(): ReactNode {
  const { t, i18n } = useTranslation();
  const { numbers } = useDesk();
  return (
    <ScrollArea type="auto">
      <Table miw={600} verticalSpacing="sm">
        <Table.Tbody>
          {numbers.map((number) => (
            <Table.Tr key={number.id}>
              <Table.Td>
                <Text fw={600}>{number.name}</Text>
                <Text size="sm" c="dimmed">
                  {number.displayPhoneNumber}
                </Text>
              </Table.Td>
              <Table.Td>
                <Badge variant="default" tt="none">
                  {t(number.environment === "SANDBOX" ? "settings.sandbox" : "settings.production")}
                </Badge>
              </Table.Td>
              <Table.Td>
                {number.problem ??
                  (number.restrictedUntil
                    ? t("settings.pausedUntil", { when: moment(number.restrictedUntil, i18n.language) })
                    : t(number.callingEnabled ? "settings.numberOk" : "settings.callingOff"))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}
