import { Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

export default function Overview(): ReactNode {
  const { t } = useTranslation();
  return (
    <Title order={1} size="h2">
      {t("nav.overview")}
    </Title>
  );
}
