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

// Greys with a breath of the same green: the first is text on dark, the last the deepest ground.
const dark: MantineColorsTuple = [
  "#dfe5e2",
  "#b9c3be",
  "#98a49e",
  "#66726c",
  "#333d38",
  "#262e2a",
  "#1e2522",
  "#171d1a",
  "#111614",
  "#0c100e",
];
const gray: MantineColorsTuple = [
  "#f7f9f8",
  "#f0f3f2",
  "#e4e9e7",
  "#d3dad7",
  "#b9c3bf",
  "#93a09b",
  "#6c7974",
  "#4d5955",
  "#333d39",
  "#1b2320",
];

export const theme = createTheme({
  primaryColor: "leaf",
  primaryShade: { light: 7, dark: 7 },
  colors: { leaf, dark, gray },
  black: "#17211d",
  defaultRadius: "md",
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace",
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  lineHeights: { xs: "1.4", sm: "1.45", md: "1.5", lg: "1.5", xl: "1.5" },
  radius: { xs: "3px", sm: "5px", md: "8px", lg: "12px", xl: "20px" },
  shadows: {
    xs: "0 1px 2px rgb(10 30 22 / 6%)",
    sm: "0 1px 2px rgb(10 30 22 / 6%), 0 2px 6px -2px rgb(10 30 22 / 8%)",
    md: "0 2px 4px rgb(10 30 22 / 5%), 0 10px 24px -8px rgb(10 30 22 / 16%)",
    xl: "0 4px 8px rgb(10 30 22 / 6%), 0 24px 56px -12px rgb(10 30 22 / 28%)",
  },
  headings: {
    fontWeight: "640",
    sizes: {
      h1: { fontSize: "1.5rem", lineHeight: "1.25" },
      h2: { fontSize: "1.3125rem", lineHeight: "1.3" },
      h3: { fontSize: "1.0625rem", lineHeight: "1.35" },
      h4: { fontSize: "0.9375rem", lineHeight: "1.4" },
      h5: { fontSize: "0.8125rem", lineHeight: "1.4" },
    },
  },
  cursorType: "pointer",
  respectReducedMotion: true,
  // Plain objects: to name a component here would load it with the first page.
  components: {
    ActionIcon: { defaultProps: { size: "lg" } },
    Button: { styles: { root: { fontWeight: 560 } } },
    Card: { defaultProps: { radius: "lg" } },
    Modal: {
      defaultProps: { radius: "lg", overlayProps: { backgroundOpacity: 0.42, blur: 2 } },
      styles: { title: { fontWeight: 640, fontSize: "1.0625rem" } },
    },
    Paper: { defaultProps: { radius: "lg" } },
    // What scrolls by itself has to scroll by the keyboard too.
    ScrollArea: { defaultProps: { viewportProps: { tabIndex: 0 } } },
    SegmentedControl: { defaultProps: { size: "sm" } },
    Skeleton: { defaultProps: { radius: "lg" } },
    Table: { defaultProps: { verticalSpacing: "xs", horizontalSpacing: "md" } },
    Tooltip: { defaultProps: { arrowSize: 6, withArrow: true } },
  },
});

/** Colours by what they are for. Quiet words can still be read: the library's own are too pale for WCAG AA. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#55625d",
    "--mantine-color-placeholder": "#65716c",
    "--mantine-color-anchor": "#0a6849",
    "--mantine-color-error": "#b42318",
    "--mantine-color-default-border": "#dbe2df",
    "--ground": "#f5f8f6",
    "--surface": "#ffffff",
    "--line": "#e2e8e5",
    "--hover": "#f0f5f2",
    "--accent": "#0d7a57",
    "--accent-ground": "#e0f2ea",
    "--accent-text": "#06573c",
    "--warm": "#9a3b00",
    "--warm-ground": "#fdf0e4",
  },
  dark: {
    "--mantine-color-body": "#171d1a",
    "--mantine-color-dimmed": "#a3b0aa",
    "--mantine-color-placeholder": "#93a09a",
    "--mantine-color-anchor": "#7fd8b6",
    "--mantine-color-error": "#ff9b93",
    "--mantine-color-default": "#1e2522",
    "--mantine-color-default-hover": "#28312d",
    "--mantine-color-default-border": "#333d38",
    "--ground": "#0f1412",
    "--surface": "#171d1a",
    "--line": "#29322e",
    "--hover": "#1f2723",
    "--accent": "#4bb48f",
    "--accent-ground": "#143026",
    "--accent-text": "#9be3c7",
    "--warm": "#ffb37a",
    "--warm-ground": "#37230f",
  },
});
