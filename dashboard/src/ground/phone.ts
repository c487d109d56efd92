import { type Devices, chosen, keep } from "./devices";

/** Why the browser gives no microphone. */
export type Lack = "insecure" | "denied" | "missing" | "busy" | "unknown";

export class NoMicrophone extends Error {
  constructor(
    readonly lack: Lack,
    message = "",
  ) {
    super(message);
  }
}

/** How the sound fares: on its way to a connection, there, broken off for the moment, or for good. */
export type Sound = "connecting" | "flowing" | "weak" | "lost";

/** How loud it is at both ends, from 0 to 1. */
export interface Levels {
  own: number;
  other: number;
}

const SILENCE: Levels = { own: 0, other: 0 };
const SOUNDS: Partial<Record<RTCPeerConnectionState, Sound>> = {
  connected: "flowing",
  disconnected: "weak",
  failed: "lost",
  closed: "lost",
};
const LACKS: Partial<Record<string, Lack>> = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

/** The browser's end of a call: microphone, offer, and the sound of the other end. */
export class Phone {
  readonly #connection = new RTCPeerConnection();
  readonly #speaker = new Audio();
  #microphone: MediaStream | undefined;
  #sender: RTCRtpSender | undefined;
  #meters: Meters | undefined;
  #muted = false;
  #answered = false;
  #closed = false;
  #missing = false; // the microphone
  readonly #closing = new AbortController();

  /** What becomes of the sound is told to `heard`; whether the microphone went in the midst of it, to `misses`. */
  constructor(
    heard: (sound: Sound) => void,
    private readonly misses: (microphone: boolean) => void,
  ) {
    this.#speaker.autoplay = true;
    this.#connection.addEventListener("track", ({ streams: [stream] }) => {
      if (!stream) return;
      this.#speaker.srcObject = stream;
      this.#meters?.other(stream);
    });
    this.#connection.addEventListener("connectionstatechange", () => {
      const sound = SOUNDS[this.#connection.connectionState];
      if (sound && !this.#closed) heard(sound);
    });
    const plugged = (): void => {
      if (this.#missing) void this.#another();
    };
    // Where there is no microphone at all, there is nothing to hear of either.
    (navigator.mediaDevices as MediaDevices | undefined)?.addEventListener("devicechange", plugged, {
      signal: this.#closing.signal,
    });
  }

  /** Takes the microphone and gives a whole offer: WhatsApp takes no candidates afterwards. NoMicrophone without one. */
  async offer(): Promise<string> {
    this.#microphone = await microphone();
    if (this.#closed) this.#stop(this.#microphone);
    this.#mind(this.#microphone);
    this.#meters = new Meters(this.#microphone);
    for (const track of this.#microphone.getAudioTracks())
      this.#sender = this.#connection.addTrack(track, this.#microphone);
    await this.#connection.setLocalDescription(await this.#connection.createOffer());
    await this.#gathered();
    void this.#throughSpeaker();
    return this.#connection.localDescription?.sdp ?? "";
  }

  /** Takes the other end's answer, which comes again with every step of the call. */
  async answer(sdp: string): Promise<void> {
    if (this.#answered || this.#closed) return;
    this.#answered = true;
    await this.#connection.setRemoteDescription({ type: "answer", sdp });
  }

  mute(muted: boolean): void {
    this.#muted = muted;
    for (const track of this.#microphone?.getAudioTracks() ?? []) track.enabled = !muted;
  }

  get levels(): Levels {
    return this.#meters?.levels ?? SILENCE;
  }

  /** Goes on with another microphone or speaker, and with it from now on. NoMicrophone where it cannot be had. */
  async choose(kind: keyof Devices, id: string): Promise<void> {
    keep(kind, id);
    if (kind === "speakers") {
      await this.#throughSpeaker();
      return;
    }
    await this.#take(await microphone());
  }

  async #take(next: MediaStream): Promise<void> {
    const before = this.#microphone;
    const [track] = next.getAudioTracks();
    await this.#sender?.replaceTrack(track ?? null);
    if (before) this.#stop(before);
    this.#microphone = next;
    this.#mind(next);
    this.mute(this.#muted);
    this.#meters?.own(next);
    if (this.#closed) this.#stop(next);
    this.#miss(false);
  }

  /** Goes on with another one when this one is unplugged or taken away: nobody has to notice first. */
  #mind(stream: MediaStream): void {
    const gone = (): void => {
      if (this.#microphone === stream) void this.#another();
    };
    for (const track of stream.getAudioTracks()) track.addEventListener("ended", gone);
  }

  async #another(): Promise<void> {
    if (this.#closed) return;
    try {
      await this.#take(await microphone());
    } catch {
      this.#miss(true);
    }
  }

  #miss(missing: boolean): void {
    if (missing === this.#missing || this.#closed) return;
    this.#missing = missing;
    this.misses(missing);
  }

  close(): void {
    this.#closed = true;
    this.#closing.abort();
    if (this.#microphone) this.#stop(this.#microphone);
    this.#meters?.close();
    this.#connection.close();
    this.#speaker.srcObject = null;
  }

  #stop(stream: MediaStream): void {
    for (const track of stream.getTracks()) track.stop();
  }

  async #throughSpeaker(): Promise<void> {
    // One that is gone since it was chosen is no reason to hear nothing: then it is the system's.
    if ("setSinkId" in this.#speaker)
      await this.#speaker.setSinkId(chosen("speakers")).catch(() => this.#speaker.setSinkId(""));
  }

  #gathered(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const look = (): void => {
      if (this.#connection.iceGatheringState === "complete") resolve(undefined);
    };
    this.#connection.addEventListener("icegatheringstatechange", look);
    setTimeout(() => resolve(undefined), 3000); // what was found by then has to do
    look();
    return promise;
  }
}

async function microphone(): Promise<MediaStream> {
  // Browsers hide it from pages that somebody on the way could have changed.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices) throw new NoMicrophone("insecure");
  const deviceId = chosen("microphones");
  const audio = { echoCancellation: true, noiseSuppression: true, ...(deviceId && { deviceId: { ideal: deviceId } }) };
  try {
    return await devices.getUserMedia({ audio });
  } catch (fault) {
    if (!(fault instanceof Error)) throw fault;
    throw new NoMicrophone(LACKS[fault.name] ?? "unknown", fault.message);
  }
}

/** Measures how loud both ends are. */
class Meters {
  readonly #context = new AudioContext();
  #own: AnalyserNode;
  #other: AnalyserNode | undefined;

  constructor(microphone: MediaStream) {
    this.#own = this.#tap(microphone);
  }

  own(stream: MediaStream): void {
    this.#own.disconnect();
    this.#own = this.#tap(stream);
  }

  other(stream: MediaStream): void {
    this.#other = this.#tap(stream);
  }

  get levels(): Levels {
    return { own: loudness(this.#own), other: this.#other ? loudness(this.#other) : 0 };
  }

  close(): void {
    void this.#context.close();
  }

  #tap(stream: MediaStream): AnalyserNode {
    const analyser = this.#context.createAnalyser();
    analyser.fftSize = 8192; // what was heard since the last look, or a little more
    this.#context.createMediaStreamSource(stream).connect(analyser);
    return analyser;
  }
}

function loudness(analyser: AnalyserNode): number {
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  // From -60 dB, which is a quiet room, to 0.
  return power > 0 ? Math.min(1, Math.max(0, 1 + (10 * Math.log10(power)) / 60)) : 0;
}
