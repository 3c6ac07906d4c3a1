// Accounts: what the form holds and what the API wants. Pure.
import type { Schemas } from '../api/client'

export type Channel = 'webhook' | 'sandbox'
export type Stats = Schemas['AccountStats']
export type AccountDay = Stats['days'][number]

export const CHANNEL: Record<Channel, { word: string; meaning: string }> = {
  webhook: { word: 'Webhook', meaning: 'Your own gateway sends: each message is posted to its address.' },
  sandbox: { word: 'Sandbox', meaning: 'Simulated recipients, to try things out. Nothing leaves this computer.' },
}
/** What stands for a secret that is kept. */
export const MASK = '********'

export interface Knob {
  name: string
  label: string
  hint?: string
  kind: 'url' | 'secret' | 'flag' | 'whole' | 'number' | 'share' | 'range'
  min?: number
  max?: number
  optional: boolean
  /** What holds when it is left empty. */
  fallback?: string
}
export const KNOBS: Record<Channel, readonly Knob[]> = {
  webhook: [
    { name: 'url', label: 'Address of the gateway', kind: 'url', optional: false, hint: 'Messages are posted here as JSON.' },
    { name: 'secret', label: 'Signing secret', kind: 'secret', optional: true, hint: 'whsec_ and base64. Without one, messages go out unsigned.' },
    { name: 'idempotent', label: 'The gateway sends a message once, however often it is told to', kind: 'flag', optional: true, hint: 'Then a message whose answer was lost is sent again. Otherwise it waits for a person.' },
    { name: 'timeout_ms', label: 'Time for an answer, in milliseconds', kind: 'whole', min: 100, max: 300_000, optional: true, fallback: '30,000' },
    { name: 'max_in_flight', label: 'Messages at the same time', kind: 'whole', min: 1, max: 256, optional: true, fallback: '64' },
  ],
  sandbox: [
    { name: 'reply_rate', label: 'People who reply, in %', kind: 'share', optional: true, fallback: '0' },
    { name: 'booking_rate', label: 'Of those who reply: book, in %', kind: 'share', optional: true, fallback: '0' },
    { name: 'opt_out_rate', label: 'People who opt out, in %', kind: 'share', optional: true, fallback: '0' },
    { name: 'auto_reply_rate', label: 'Automatic replies, in %', kind: 'share', optional: true, fallback: '0' },
    { name: 'unknown_rate', label: 'Messages without an answer, in %', kind: 'share', optional: true, fallback: '0' },
    { name: 'latency_ms', label: 'Time to answer, in milliseconds', kind: 'range', optional: true },
    { name: 'reply_delay_s', label: 'Time to reply, in seconds', kind: 'range', optional: true },
    { name: 'rate_limit_after', label: 'Rate limited after so many messages', kind: 'whole', min: 1, optional: true, fallback: 'never' },
    { name: 'seed', label: 'Seed of the simulation', kind: 'whole', optional: true, fallback: '1', hint: 'The same seed gives the same people.' },
  ],
}

export interface AccountForm {
  name: string
  channel: Channel
  timezone: string
  daily_limit: string
  rate_per_second: string
  /** By the name of the knob; "" is not said, flags are "yes" or "". */
  settings: Record<string, string>
}
type Problems = Record<string, string[]>
type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

/** For a field: short and without the noise of binary fractions. */
function plain(value: number): string {
  return String(Number(value.toPrecision(12)))
}

function shown(knob: Knob, value: Json | undefined): string {
  if (value === undefined || value === null) return ''
  if (knob.kind === 'flag') return value === true ? 'yes' : ''
  if (knob.kind === 'secret') return ''
  if (knob.kind === 'share' && typeof value === 'number') return plain(value * 100)
  if (knob.kind === 'range' && typeof value === 'object' && !Array.isArray(value)) {
    const { min = 0, max = min } = value as { min?: number; max?: number }
    return `${plain(min)}-${plain(max)}`
  }
  return typeof value === 'number' ? plain(value) : String(value)
}

export function emptyForm(zone: string): AccountForm {
  return { name: '', channel: 'webhook', timezone: zone, daily_limit: '', rate_per_second: '', settings: {} }
}
export function formOf(account: Schemas['Account']): AccountForm {
  const channel = account.channel as Channel
  const settings = account.settings as Record<string, Json>
  return {
    name: account.name,
    channel,
    timezone: account.timezone,
    daily_limit: account.daily_limit === null ? '' : String(account.daily_limit),
    rate_per_second: plain(account.rate_per_second),
    settings: Object.fromEntries((KNOBS[channel] ?? []).map((knob) => [knob.name, shown(knob, settings[knob.name])])),
  }
}

function number(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : NaN
}

function parsed(knob: Knob, text: string): Json | Error | undefined {
  const trimmed = text.trim()
  if (trimmed === '') return knob.optional ? undefined : new Error('Required')
  switch (knob.kind) {
    case 'flag':
      return true
    case 'range': {
      const match = /^([\d.]+)\s*(?:[-–]|to)\s*([\d.]+)$/.exec(trimmed)
      if (match) {
        const [min, max] = [number(match[1] as string), number(match[2] as string)]
        if (Number.isNaN(min) || Number.isNaN(max) || min > max) return new Error('Write two numbers, the smaller one first: 20-80')
        return { min, max }
      }
      const value = number(trimmed)
      return Number.isNaN(value) || value < 0 ? new Error('Write a number, or a range such as 20-80') : value
    }
    case 'share': {
      const value = number(trimmed.replace(/%$/, ''))
      return Number.isNaN(value) || value < 0 || value > 100 ? new Error('Between 0 and 100') : Number((value / 100).toPrecision(12))
    }
    case 'whole':
    case 'number': {
      const value = number(trimmed)
      if (Number.isNaN(value) || (knob.kind === 'whole' && !Number.isInteger(value))) return new Error('Must be a whole number')
      if (knob.min !== undefined && value < knob.min) return new Error(`At least ${knob.min}`)
      if (knob.max !== undefined && value > knob.max) return new Error(`At most ${knob.max}`)
      return value
    }
    default:
      return trimmed
  }
}

export interface AccountBody {
  name: string
  timezone: string
  daily_limit: number | null
  rate_per_second?: number
  settings: Record<string, Json>
}
/**
 * What to send, and what is wrong under the API's names. Settings replace all of them, so that those which the form does not have are taken
 * along from `old`; a secret that nobody wrote anew stays.
 */
export function bodyOf(form: AccountForm, old: Record<string, Json> = {}): { body: AccountBody; problems: Problems } {
  const problems: Problems = {}
  if (form.name.trim() === '') problems['name'] = ['Required']
  const limit = form.daily_limit.trim()
  const daily = limit === '' ? null : number(limit)
  if (daily !== null && (!Number.isInteger(daily) || daily < 1)) problems['daily_limit'] = ['A whole number from 1, or empty for no limit']
  const rate = form.rate_per_second.trim()
  const perSecond = rate === '' ? undefined : number(rate)
  if (perSecond !== undefined && !(perSecond > 0)) problems['rate_per_second'] = ['A number above 0']
  const settings: Record<string, Json> = { ...old }
  for (const knob of KNOBS[form.channel]) {
    const text = form.settings[knob.name] ?? ''
    if (knob.kind === 'secret' && text.trim() === '') continue
    const value = parsed(knob, text)
    if (value instanceof Error) problems[`settings.${knob.name}`] = [value.message]
    else if (value === undefined) delete settings[knob.name]
    else settings[knob.name] = value
  }
  const body: AccountBody = { name: form.name.trim(), timezone: form.timezone, daily_limit: daily, settings }
  if (perSecond !== undefined) body.rate_per_second = perSecond
  return { body, problems }
}
