import { Button, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useDesk } from "../desk";
import { useDoings } from "./doings";

/** What an empty workspace says of itself. */
export function Welcome(): ReactNode {
  const { t } = useTranslation();
  const { may } = useDesk();
  const { add, bringIn } = useDoings();
  return (
    <Stack align="center" py={80} maw={520} mx="auto" ta="center">
      <Title order={1} size="h2">
        {t("empty.title")}
      </Title>
      <Text>{t("empty.why")}</Text>
      {may("customers:write") && (
        <>
          <Button onClick={add}>{t("empty.first")}</Button>
          <Button variant="default" onClick={bringIn}>
            {t("import.title")}
          </Button>
        </>
      )}
    </Stack>
  );
}
