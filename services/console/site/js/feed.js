// The stream of events: one connection while somebody looks, taken up again when it breaks.

const NAMES = ["toggles", "live", "marker", "bench", "switching"];
const AGAIN = 1000; // milliseconds
const SILENT = 6000; // milliseconds without a word, after which a connection counts as broken

export class Feed {
  #source = null;
  #timer = 0;
  #heard = 0;

  /** on: functions by event name, and `open` and `lost`. */
  constructor(address, on) {
    this.address = address;
    this.on = on;
  }

  open() {
    this.close();
    const source = new EventSource(this.address);
    this.#source = source;
    this.#heard = performance.now();
    source.onopen = () => this.on.open();
    source.onerror = () => this.#broken();
    for (const name of NAMES) {
      source.addEventListener(name, ({ data }) => {
        this.#heard = performance.now();
        this.on[name](JSON.parse(data));
      });
    }
    this.#timer = setInterval(() => this.#listen(), AGAIN);
  }

  close() {
    clearInterval(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  #broken() {
    this.on.lost();
    // After an answer that is no stream a browser does not try again by itself.
    if (this.#source?.readyState === EventSource.CLOSED) {
      this.close();
      this.#timer = setTimeout(() => this.open(), AGAIN);
    }
  }

  #listen() {
    if (performance.now() - this.#heard < SILENT) return;
    this.on.lost();
    this.open();
  }
}
