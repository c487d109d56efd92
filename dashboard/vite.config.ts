import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const page = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

// `npm run dev` shows the pages of a Maycall that runs elsewhere, with every change of the sources at once.
const maycall = process.env.MAYCALL_URL ?? "http://127.0.0.1:8000";
const doors = ["/graphql", "/webhooks", "/health", "/sandbox", "/sign-in"];

const LEAST = 1024; // bytes: what is smaller hardly gets smaller

/** Writes every file of text once more as each compression has it, so that the server has nothing to do but to send it. */
function compressed(): Plugin {
  let folder = "";
  return {
    name: "compressed",
    apply: "build",
    configResolved: ({ root, build }) => {
      folder = join(root, build.outDir, build.assetsDir);
    },
    closeBundle: async () => {
      const write = async (name: string): Promise<void> => {
        const path = join(folder, name);
        const bytes = await readFile(path);
        if (bytes.length < LEAST) return;
        // Not its highest quality: that takes ten times as long to save another twelfth.
        await writeFile(
          `${path}.br`,
          await promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
        );
        await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }));
      };
      await Promise.all((await readdir(folder)).filter((name) => /\.(js|css|svg|ttf)$/.test(name)).map(write));
    },
  };
}

export default defineConfig({
  plugins: [react(), compressed()],
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
      // "use client" in other people's modules, which means nothing where everything is the client.
      onLog: (level, log, tell) => {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") tell(level, log);
      },
    },
    chunkSizeWarningLimit: 4000, // kB: GraphiQL's editor is that large, and loaded by nobody else
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"] },
});
