// Building the page out of elements: text is always text, never markup.

export function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    made.setAttribute(name === "className" ? "class" : name, value);
  }
  made.append(...children.filter(Boolean));
  return made;
}

const TOKENS = /("(?:[^"\\]|\\.)*"(?:\s*:)?|\b(?:true|false|null)\b|-?\b\d+(?:\.\d+)?\b)/;

// JSON with its parts told apart, as nodes.
export function painted(json) {
  return json.split(TOKENS).map((part, place) => {
    if (place % 2 === 0) return part;
    const kind = part.endsWith(":") ? "key" : part.startsWith('"') ? "text" : "other";
    return el("span", { className: `json-${kind}` }, part);
  });
}

export const words = (name) => name.toLowerCase().replaceAll("_", " ");
