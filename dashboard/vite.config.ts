import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

import { compressed, operations } from "./building.ts";

// What every page stands on, in one file: fifty small ones are a twelfth larger, each compressed for itself.
const FRAME = [
  "react(-dom)?",
  "(scheduler|i18next|clsx|wonka|wouter|regexparam|urql|graphql-ws)",
  "(@urql/core|@0no-co/graphql.web)",
  "@mantine/core/esm/(core|utils)",
  "@mantine/core/esm/components/(ActionIcon|AppShell|Button|Group|Loader)",
  "@mantine/core/esm/components/(NativeSelect|Stack|Text|Title|Transition|UnstyledButton)",
].map((names) => new RegExp(`^(?!.*/node_modules/.*/node_modules/).*/node_modules/${names}/`)); // not GraphiQL's own copies

const page = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

// `npm run dev` shows the pages of a Maycall that runs elsewhere, with every change of the sources at once.
const maycall = process.env.MAYCALL_URL ?? "http://127.0.0.1:8000";
const doors = ["/graphql", "/webhooks", "/health", "/sandbox", "/sign-in"];

export default defineConfig({
  plugins: [react(), operations(page("src/gql/graphql.ts")), compressed()],
  server: { proxy: Object.fromEntries(doors.map((door) => [door, { target: maycall, ws: true }])) },
  // GraphiQL brings workers that cannot be bundled ahead; nobody is served worse for it.
  optimizeDeps: {
    entries: ["index.html"],
    exclude: ["graphiql/setup-workers/vite", "@graphiql/react/setup-workers/vite"],
  },
  build: {
    target: "es2023",
    assetsInlineLimit: 0, // what a page needs is a file of its own: the content security policy allows nothing else
    rolldownOptions: {
      input: { dashboard: page("index.html"), graphiql: page("graphiql.html") },
      output: { codeSplitting: { groups: [{ name: "frame", test: (id) => FRAME.some((own) => own.test(id)) }] } },
      // "use client" in other people's modules, which means nothing where everything is the client.
      onLog: (level, log, tell) => {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") tell(level, log);
      },
    },
    chunkSizeWarningLimit: 4000, // kB: GraphiQL's editor is that large, and loaded by nobody else
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"] },
});
