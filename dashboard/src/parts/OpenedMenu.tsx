import { Menu, type MenuProps } from "@mantine/core";
import { type ReactElement, type ReactNode, type Ref, cloneElement, useEffect, useRef, useState } from "react";

export type MenuButton = ReactElement<{ ref?: Ref<HTMLButtonElement> }>;

interface Parts extends Omit<MenuProps, "opened" | "onChange"> {
  /** What was pressed to have the menu brought, drawn once more. */
  button: MenuButton;
  children: ReactNode;
}

/** A menu that opens as soon as it is here, because its button was pressed before. */
export function OpenedMenu({ button, children, ...others }: Parts): ReactNode {
  const target = useRef<HTMLButtonElement>(null);
  const [opened, setOpened] = useState(false);
  useEffect(() => {
    target.current?.focus(); // the one that was pressed is gone, and it is this one that the focus is to return to
    setOpened(true);
  }, []);
  return (
    // Without Mantine's own first stop for the focus, which is no item, as everything in a menu has to be.
    <Menu position="bottom-end" withInitialFocusPlaceholder={false} {...others} opened={opened} onChange={setOpened}>
      <Menu.Target>{cloneElement(button, { ref: target })}</Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}
