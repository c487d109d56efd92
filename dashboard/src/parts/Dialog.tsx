import { Modal, type ModalProps } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";

import { useTranslation } from "../words";

/** A dialog that is open while it is there, and leaves the keyboard where it was when it came. */
export function Dialog(props: Omit<ModalProps, "opened">): ReactNode {
  const { t } = useTranslation();
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    },
    [before],
  );
  return <Modal opened closeButtonProps={{ "aria-label": t("call.close") }} {...props} />;
}
