// Why a request did not give what it was asked for.

export type FieldErrors = Record<string, string[]>

export class Failure extends Error {
  override readonly name = 'Failure'
  constructor(
    /** Of HTTP; 0: no answer came. */
    readonly status: number,
    message: string,
    readonly fieldErrors: FieldErrors = {},
    readonly requestId: string | null = null,
    /** Seconds that the server asked to wait. */
    readonly retryAfter: number | null = null,
  ) {
    super(message)
  }
}

export function isFailure(error: unknown): error is Failure {
  return error instanceof Failure
}

/** Requests that were called off, by a newer one or by leaving the page: nobody is told. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}

interface ErrorBody {
  error?: unknown
  data?: { fieldErrors?: unknown }
}

/** The failure that an answer of the API stands for. `body` may be anything: a proxy may have answered. */
export function failureOf(status: number, body: unknown, headers: Headers): Failure {
  const told = (typeof body === 'object' && body !== null ? body : {}) as ErrorBody
  const message = typeof told.error === 'string' && told.error !== '' ? told.error : `The server answered ${status}`
  const seconds = Number(headers.get('Retry-After'))
  return new Failure(
    status,
    message,
    (told.data?.fieldErrors as FieldErrors | undefined) ?? {},
    headers.get('X-Request-Id'),
    headers.has('Retry-After') && Number.isFinite(seconds) ? seconds : null,
  )
}

export function asFailure(error: unknown): Failure {
  if (isFailure(error)) return error
  if (error instanceof TypeError) return new Failure(0, 'Headway cannot be reached')
  return new Failure(0, error instanceof Error ? error.message : String(error))
}
