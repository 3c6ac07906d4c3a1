// Requests that are nice to have, a few at a time, so that those a person waits for go first.

export class Queue {
  #running = 0
  readonly #waiting: (() => void)[] = []

  constructor(private readonly width: number) {}

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running >= this.width) await new Promise<void>((go) => this.#waiting.push(go))
    this.#running += 1
    try {
      return await task()
    } finally {
      this.#running -= 1
      this.#waiting.shift()?.()
    }
  }
}

export const background = new Queue(2)
