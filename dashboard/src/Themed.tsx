import { MantineProvider, createTheme, mergeThemeOverrides } from "@mantine/core";
import { type ReactNode, useMemo } from "react";

import { theme, variables } from "./theme";
import { useTranslation } from "./words";

/** The theme, with the names that the library's own small buttons are to have in the reader's language. */
export function Themed({ children }: { children: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const spoken = useMemo(() => {
    const [close, clear, show] = [t("nav.shut"), t("nav.clear"), t("nav.reveal")].map((name) => ({
      "aria-label": name,
    }));
    const clearable = { defaultProps: { clearButtonProps: clear } };
    return mergeThemeOverrides(
      theme,
      createTheme({
        components: {
          Modal: { defaultProps: { closeButtonProps: close } },
          Notification: { defaultProps: { closeButtonProps: close } },
          PasswordInput: { defaultProps: { visibilityToggleButtonProps: show } },
          Select: clearable,
          MultiSelect: clearable,
          TagsInput: clearable,
          FileInput: clearable,
        },
      }),
    );
  }, [t]);
  return (
    <MantineProvider theme={spoken} cssVariablesResolver={variables} defaultColorScheme="auto">
      {children}
    </MantineProvider>
  );
}
