import { type CSSVariablesResolver, type MantineColorsTuple, createTheme } from "@mantine/core";

const leaf: MantineColorsTuple = [
  "#e6f7f1",
  "#d0ece2",
  "#a3d9c6",
  "#72c5a8",
  "#4bb48f",
  "#32a97f",
  "#1e9c72",
  "#0d7a57",
  "#0a6849",
  "#04553b",
];

export const theme = createTheme({
  primaryColor: "leaf",
  primaryShade: { light: 7, dark: 7 },
  colors: { leaf },
  defaultRadius: "md",
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  headings: { fontWeight: "650" },
  cursorType: "pointer",
  respectReducedMotion: true,
});

/** Quiet words that can still be read: the library's own are too pale for WCAG AA. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#5a646c",
    "--mantine-color-placeholder": "#66707a",
    "--mantine-color-anchor": "#0a6849",
  },
  dark: {
    "--mantine-color-dimmed": "#a6aeb5",
    "--mantine-color-placeholder": "#99a1a9",
    "--mantine-color-anchor": "#7fd8b6",
  },
});
