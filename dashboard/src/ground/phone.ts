/** The browser's end of a call: microphone, offer, and the sound of the other end. */
export class Phone {
  readonly #connection = new RTCPeerConnection();
  readonly #sound = new Audio();
  #microphone: MediaStream | undefined;
  #answered = false;

  constructor() {
    this.#sound.autoplay = true;
    this.#connection.addEventListener("track", ({ streams: [stream] }) => {
      this.#sound.srcObject = stream ?? null;
    });
  }

  /** Takes the microphone and gives a whole offer: WhatsApp takes no candidates afterwards. */
  async offer(): Promise<string> {
    this.#microphone = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true },
    });
    for (const track of this.#microphone.getAudioTracks()) this.#connection.addTrack(track, this.#microphone);
    await this.#connection.setLocalDescription(await this.#connection.createOffer());
    await this.#gathered();
    return this.#connection.localDescription?.sdp ?? "";
  }

  /** Takes the other end's answer, which comes again with every step of the call. */
  async answer(sdp: string): Promise<void> {
    if (this.#answered) return;
    this.#answered = true;
    await this.#connection.setRemoteDescription({ type: "answer", sdp });
  }

  mute(muted: boolean): void {
    for (const track of this.#microphone?.getAudioTracks() ?? []) track.enabled = !muted;
  }

  close(): void {
    for (const track of this.#microphone?.getTracks() ?? []) track.stop();
    this.#connection.close();
    this.#sound.srcObject = null;
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
