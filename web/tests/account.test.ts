import { describe, expect, it } from 'vitest'
import { bodyOf, emptyForm, formOf } from '../src/lib/account'

const account = (settings: Record<string, unknown>, channel = 'sandbox') =>
  ({ name: 'Desk', channel, timezone: 'UTC', daily_limit: 200, rate_per_second: 0.5, settings }) as unknown as Parameters<typeof formOf>[0]

describe('the form of an account', () => {
  it('shows shares in percent, ranges as two numbers, and no secret', () => {
    const form = formOf(account({ reply_rate: 0.14, latency_ms: { min: 20, max: 80 } }))
    expect(form.settings).toMatchObject({ reply_rate: '14', latency_ms: '20-80', opt_out_rate: '' })
    expect(formOf(account({ url: 'https://a/', secret: '********' }, 'webhook')).settings['secret']).toBe('')
  })
  it('gives back what it was made of, with what it does not show', () => {
    const settings = { seed: 2, reply_rate: 0.08, failures: { recipient_unavailable: 0.2 } }
    const { body, problems } = bodyOf(formOf(account(settings)), settings)
    expect(problems).toEqual({})
    expect(body).toEqual({ name: 'Desk', timezone: 'UTC', daily_limit: 200, rate_per_second: 0.5, settings })
  })
  it('keeps a secret that nobody wrote anew, and sends one that somebody did', () => {
    const old = { url: 'https://a/', secret: '********' }
    const form = formOf(account(old, 'webhook'))
    expect(bodyOf(form, old).body.settings).toMatchObject({ secret: '********' })
    form.settings['secret'] = 'whsec_x'
    expect(bodyOf(form, old).body.settings).toMatchObject({ secret: 'whsec_x' })
  })
  it('takes away what was emptied', () => {
    const form = formOf(account({ reply_rate: 0.08 }))
    form.settings['reply_rate'] = ''
    expect(bodyOf(form, { reply_rate: 0.08 }).body.settings).toEqual({})
  })
  it('names what is wrong as the API does', () => {
    const form = { ...emptyForm('UTC'), daily_limit: '0', rate_per_second: 'x', settings: { max_in_flight: '999', url: '' } }
    expect(Object.keys(bodyOf(form).problems).sort()).toEqual(['daily_limit', 'name', 'rate_per_second', 'settings.max_in_flight', 'settings.url'])
    const sandbox = { ...emptyForm('UTC'), name: 'A', channel: 'sandbox' as const, settings: { reply_rate: '101', latency_ms: '80-20' } }
    expect(Object.keys(bodyOf(sandbox).problems)).toEqual(['settings.reply_rate', 'settings.latency_ms'])
  })
})
