import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

import { type DocumentNode, print, stripIgnoredCharacters } from "graphql";
import type { Plugin } from "vite";

/**
 * Puts each operation, as short as it can be written, where it stands in the sources: what is generated beside its types
 * holds all of them in one file, taken apart already and ten times as long, and every page would load that.
 */
export function operations(generated: string): Plugin {
  const texts = new Map<string, string>();
  return {
    name: "operations",
    apply: "build",
    enforce: "pre",
    buildStart: async () => {
      for (const [, name, tree] of (await readFile(generated, "utf8")).matchAll(
        /^export const (\w+)Document = (\{.*\}) as /gm,
      ))
        texts.set(name ?? "", stripIgnoredCharacters(print(JSON.parse(tree ?? "") as DocumentNode)));
    },
    transform: (code, id) => {
      if (!id.endsWith(".graphql.ts")) return null;
      const written = code.replace(/graphql\(`\s*(\w+) (\w+)[^`]*`\)/g, (_, kind: string, name: string) => {
        if (kind === "fragment") return "undefined"; // it is in the operations that name it
        const text = texts.get(name);
        if (text === undefined) throw new Error(`${name} in ${id} is not among what was generated.`);
        return `gql(${JSON.stringify(text)})`;
      });
      return { code: `import { gql } from "@urql/core";\n${written}`, map: null };
    },
  };
}

const LEAST = 1024; // bytes: what is smaller hardly gets smaller

/** Writes every file of text once more as each compression has it, so that the server has nothing to do but to send it. */
export function compressed(): Plugin {
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
