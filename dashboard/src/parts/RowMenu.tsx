import { ActionIcon, Menu } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";

import { type Row, useDesk } from "../desk";
import { nameOf, useStanding } from "./Buttons";
import { useDoings } from "./doings";

interface Parts {
  row: Row;
  /** Whether asking is in it too: where there is no button for that. */
  asking?: boolean;
  /** Whether this is the customer's own page. */
  here?: boolean;
}

/** Everything that can be done to a customer from their row. */
export function RowMenu({ row, asking = false, here = false }: Parts): ReactNode {
  const { t } = useTranslation();
  const { may, numbers } = useDesk();
  const { ask, edit, remove, showPhone } = useDoings();
  const { mayAsk } = useStanding(row);
  const [, go] = useLocation();
  const pretended = numbers.find((number) => number.id === row.businessNumber.id)?.environment === "SANDBOX";
  const { id, phone } = row.customer;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t("menu.title", { name: nameOf(row) })}
          onDoubleClick={(event) => event.stopPropagation()}
        >
          <span aria-hidden>⋯</span>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
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
            <Menu.Item color="red" onClick={() => remove(row)}>
              {t("menu.delete")}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
