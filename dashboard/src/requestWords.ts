/** In what words a customer was asked, as far as they can be told. */

interface Parameter {
  name: string;
  value: string;
}

export interface Asked {
  kind: string;
  text: string | null;
  template: { name: string; language: string; parameters: readonly Parameter[] } | null;
}

export interface Listed {
  name: string;
  language: string;
  header: string | null;
  body: string;
}

export type Told =
  { is: "own"; text: string } | { is: "template"; name: string; text: string | null } | { is: "plain" };

/** The words of a request; those of a template only where WhatsApp still lists it. */
export function wordsOf({ text, template }: Asked, templates: readonly Listed[]): Told {
  if (text !== null) return { is: "own", text };
  if (template === null) return { is: "plain" };
  const listed = templates.find(({ name, language }) => name === template.name && language === template.language);
  return { is: "template", name: template.name, text: listed ? filled(listed, template.parameters) : null };
}

function filled({ header, body }: Listed, parameters: readonly Parameter[]): string {
  const values = new Map(parameters.map(({ name, value }) => [name, value]));
  const put = (words: string, before: string): string =>
    words.replace(/\{\{\s*([^{}\s]+)\s*\}\}/g, (whole, name: string) => values.get(before + name) ?? whole);
  return [header === null ? null : put(header, "header."), put(body, "")].filter(Boolean).join(" · ");
}
