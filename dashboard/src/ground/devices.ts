/** Which microphone and which speaker calls are spoken with: kept in this browser, by the browser's ids. */

export interface Devices {
  microphones: MediaDeviceInfo[];
  speakers: MediaDeviceInfo[];
}

const KEPT_AS = { microphones: "maycall.microphone", speakers: "maycall.speaker" } as const;

/** The id of what was chosen, empty for the system's own. */
export function chosen(kind: keyof Devices): string {
  return localStorage.getItem(KEPT_AS[kind]) ?? "";
}

export function keep(kind: keyof Devices, id: string): void {
  localStorage.setItem(KEPT_AS[kind], id);
}

/** What there is to choose from, as far as the browser tells: with names once the microphone was allowed. */
export async function devices(): Promise<Devices> {
  const all = await navigator.mediaDevices.enumerateDevices();
  const of = (kind: MediaDeviceKind): MediaDeviceInfo[] =>
    all.filter((device) => device.kind === kind && device.deviceId !== "");
  return { microphones: of("audioinput"), speakers: "setSinkId" in Audio.prototype ? of("audiooutput") : [] };
}
