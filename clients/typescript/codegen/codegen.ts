import { createHash } from "node:crypto";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import type { CodegenConfig } from "@graphql-codegen/cli";

const schema = process.env["SCHEMA"];
if (schema === undefined) {
  throw new Error("SCHEMA names the released schema to make it of.");
}
const operations = "../../operations";

/** Tells of what it was made: the release, and a digest of its schema and the operations. */
function madeOf(path: string): string {
  const digest = createHash("sha256").update(readFileSync(path));
  for (const name of readdirSync(operations).sort()) {
    digest.update(readFileSync(`${operations}/${name}`));
  }
  return `${JSON.stringify({ release: basename(path, ".graphql"), sha256: digest.digest("hex") }, null, 2)}\n`;
}

const config: CodegenConfig = {
  schema,
  documents: `${operations}/*.graphql`,
  generates: {
    "../src/api/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: "string",
        enumsAsTypes: true,
        futureProofEnums: true,
        futureProofUnions: true,
        useTypeImports: true,
        emitLegacyCommonJSImports: false,
        scalars: { ID: "string", Date: "string", DateTime: "string", Duration: "string", JSON: "unknown" },
      },
    },
  },
  hooks: {
    afterAllFileWrite: () => {
      // What finds documents by their text, which nobody does here: each is imported by its name.
      rmSync("../src/api/gql.ts");
      rmSync("../src/api/index.ts");
      writeFileSync("../src/api/made_of.json", madeOf(schema));
    },
  },
};

export default config;
