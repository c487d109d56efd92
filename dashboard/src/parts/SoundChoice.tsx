import { NativeSelect, Stack } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";

import { type Devices, chosen, devices } from "../ground/devices";
import { NoMicrophone } from "../ground/phone";
import { useTranslation } from "../words";
import { Trouble } from "./Trouble";

/** Which microphone and which speaker to go on with. */
export function SoundChoice({ choose }: { choose: (kind: keyof Devices, id: string) => Promise<void> }): ReactNode {
  const { t } = useTranslation();
  const [there, setThere] = useState<Devices>({ microphones: [], speakers: [] });
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => {
    const look = (): void => void devices().then(setThere);
    look();
    navigator.mediaDevices.addEventListener("devicechange", look);
    return () => navigator.mediaDevices.removeEventListener("devicechange", look);
  }, []);
  const take = async (kind: keyof Devices, id: string): Promise<void> => {
    setTrouble(null);
    try {
      await choose(kind, id);
    } catch (fault) {
      setTrouble(t(`call.lack.${fault instanceof NoMicrophone ? fault.lack : "unknown"}`));
    }
  };
  const kinds = (["microphones", "speakers"] as const).filter((kind) => there[kind].length > 0);
  return (
    <Stack gap="xs">
      {kinds.map((kind) => (
        <NativeSelect
          key={kind}
          label={t(`call.${kind}`)}
          defaultValue={chosen(kind)}
          onChange={(event) => void take(kind, event.currentTarget.value)}
          data={[
            ...(there[kind].some((device) => device.deviceId === "default")
              ? []
              : [{ value: "", label: t("call.systems") }]),
            ...there[kind].map((device) => ({ value: device.deviceId, label: device.label || t("call.unnamed") })),
          ]}
        />
      ))}
      {trouble && <Trouble message={trouble} />}
    </Stack>
  );
}
