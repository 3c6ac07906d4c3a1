// The API, typed by docs/api/openapi.yaml. `take` turns an answer into its data or throws a Failure.
import createClient from 'openapi-fetch'
import { asFailure, failureOf, isAbort } from './failure'
import { send } from './http'
import type { components, paths } from './schema'

export type Schemas = components['schemas']
export type Campaign = Schemas['Campaign']
export type Figures = Schemas['CampaignFigures']
export type Rate = Schemas['Rate']
export type Lead = Schemas['Lead']
export type Account = Schemas['Account']

export const api = createClient<paths>({ baseUrl: location.origin, fetch: send })

interface Answer<T> {
  data?: { success: true; data: T } | undefined
  error?: unknown
  response: Response
}

export async function take<T>(asked: Promise<Answer<T>>): Promise<T> {
  try {
    const { data, error, response } = await asked
    if (data !== undefined && data.success) return data.data
    throw failureOf(response.status, error ?? data, response.headers)
  } catch (error) {
    throw isAbort(error) ? error : asFailure(error)
  }
}

/** For calls that the description does not hold yet, and for uploads. */
export async function raw<T>(method: string, path: string, body?: unknown, signal?: AbortSignal, headers: Record<string, string> = {}): Promise<T> {
  try {
    const init: RequestInit = { method, headers }
    if (signal) init.signal = signal
    if (body !== undefined) {
      init.headers = { ...headers, 'Content-Type': 'application/json' }
      init.body = JSON.stringify(body)
    }
    const response = await send(new Request(new URL(path, location.origin), init))
    const answer: unknown = await response.json().catch(() => null)
    const told = answer as { success?: boolean; data?: T } | null
    if (response.ok && told?.success === true) return told.data as T
    throw failureOf(response.status, answer, response.headers)
  } catch (error) {
    throw isAbort(error) ? error : asFailure(error)
  }
}
