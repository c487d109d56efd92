import { Component, type ReactNode } from "react";

import { Trouble } from "./parts/Trouble";
import { words } from "./words";

/** Keeps what breaks on one page from taking the others with it. */
export class Boundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children;
    return <Trouble message={words.t("error.page")} retry={() => location.reload()} />;
  }
}
