// The shared worker: one for all tabs of this browser, and with it one event stream. Browsers allow six connections to a
// server over HTTP/1.1, so a stream for each tab would leave none for anything else.
import { LiveCore, type Listener } from './core'
import type { FromWorker, ToWorker } from './protocol'
import { LiveSource } from './source'

// The library of worker types and that of pages do not go together; this is all that is needed of it.
interface Scope {
  location: { origin: string }
  addEventListener: (kind: 'connect', run: (event: MessageEvent) => void) => void
}
const scope = self as unknown as Scope
const core = new LiveCore({
  now: () => Date.now(),
  later: (run, ms) => void setTimeout(run, ms),
})
const source = new LiveSource(core, scope.location.origin)
let running = false

scope.addEventListener('connect', (event) => {
  const port = event.ports[0] as MessagePort
  const listener: Listener = { tell: (message: FromWorker) => port.postMessage(message) }
  port.onmessage = ({ data }: MessageEvent<ToWorker>) => {
    if (data.kind === 'hello') {
      core.join(listener)
      if (!running) {
        running = true
        source.start()
      }
    } else if (data.kind === 'here') core.heard(listener)
    else if (data.kind === 'bye') core.leave(listener)
    else source.retry()
  }
})

setInterval(() => {
  if (core.sweep() === 0 && running) {
    running = false
    source.stop()
  }
}, 30_000)
