import "@mantine/core/styles.css";
import "./page.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./App";
import { Boundary } from "./Boundary";
import { Themed } from "./Themed";
import { takeTokenFromAddress } from "./ground/session";
import { speak } from "./words";

takeTokenFromAddress();
await speak();

const root = document.getElementById("root");
if (!root) throw new Error("The page has no root element.");
createRoot(root).render(
  <StrictMode>
    <Themed>
      <Boundary>
        <App />
      </Boundary>
    </Themed>
  </StrictMode>,
);
