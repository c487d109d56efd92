import { Menu } from "@mantine/core";
import type { ReactNode } from "react";
import { useLocation } from "wouter";

import { useDesk } from "../desk";
import { useTranslation } from "../words";
import { useStanding } from "./Buttons";
import { type MenuButton, OpenedMenu } from "./OpenedMenu";
import type { RowMenuParts } from "./RowMenu";
import { useDoings } from "./doings";

/** What stands in a row's menu. */
export default function RowMenuItems({
  row,
  asking = false,
  here = false,
  button,
}: RowMenuParts & { button: MenuButton }): ReactNode {
  const { t } = useTranslation();
  const { may, numbers } = useDesk();
  const { ask, edit, remove, showPhone } = useDoings();
  const { mayAsk } = useStanding(row);
  const [, go] = useLocation();
  const pretended = numbers.find((number) => number.id === row.businessNumber.id)?.environment === "SANDBOX";
  const { id, phone } = row.customer;
  return (
    <OpenedMenu button={button}>
      {!here && <Menu.Item onClick={() => go(`/customers/${id}`)}>{t("menu.open")}</Menu.Item>}
      {asking && may("permissions:request") && (
        <Menu.Item disabled={!mayAsk} onClick={() => ask(row)}>
          {t("menu.ask")}
        </Menu.Item>
      )}
      {phone && <Menu.Item onClick={() => void navigator.clipboard.writeText(phone)}>{t("menu.copy")}</Menu.Item>}
      {pretended && phone && <Menu.Item onClick={() => showPhone(row)}>{t("menu.phone")}</Menu.Item>}
      {may("customers:write") && (
        <>
          {(!here || phone) && <Menu.Divider />}
          <Menu.Item onClick={() => edit(id)}>{t("menu.edit")}</Menu.Item>
          <Menu.Item c="var(--mantine-color-error)" onClick={() => remove(row)}>
            {t("menu.delete")}
          </Menu.Item>
        </>
      )}
    </OpenedMenu>
  );
}
