import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./page.css";

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./App";
import { takeTokenFromAddress } from "./ground/session";
import { theme, variables } from "./theme";
import { speak } from "./words";

takeTokenFromAddress();
await speak();

const root = document.getElementById("root");
if (!root) throw new Error("The page has no root element.");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <Notifications
        position="top-right"
        limit={4}
        containerWidth={340}
        styles={{ root: { marginTop: 52, marginRight: "var(--dock, 0px)" } }}
      />
      <App />
    </MantineProvider>
  </StrictMode>,
);
