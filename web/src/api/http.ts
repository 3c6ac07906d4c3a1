// Below the typed client: the session's token, waiting when the server asks to, and what a 401 means.

const UNSAFE = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
/** Seconds: a longer wait is shown to the person instead. */
const PATIENCE_S = 5
const TRIES = 3

interface Hooks {
  csrfToken: () => string | null
  signedOut: () => void
}
let hooks: Hooks = { csrfToken: () => null, signedOut: () => {} }
export function setHooks(next: Hooks): void {
  hooks = next
}

function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(new DOMException('Aborted', 'AbortError'))
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, seconds * 1000)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}

/** As fetch. Reads are asked again when the server is busy and says when it will not be. */
export async function send(request: Request): Promise<Response> {
  const unsafe = UNSAFE.has(request.method)
  if (unsafe) {
    const token = hooks.csrfToken()
    if (token !== null) request.headers.set('X-CSRF-Token', token)
  }
  for (let tried = 1; ; tried += 1) {
    const response = await fetch(unsafe ? request : request.clone())
    if (response.status === 401) hooks.signedOut()
    const wait = Number(response.headers.get('Retry-After') ?? Infinity)
    const busy = response.status === 503 || response.status === 429
    if (!busy || unsafe || tried === TRIES || !(wait <= PATIENCE_S)) return response
    await pause(Math.max(wait, 0.5), request.signal)
  }
}
