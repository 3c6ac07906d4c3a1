// Who is logged in, what they may do, and the way to the login and back.
import { raw } from '../api/client'
import { isFailure } from '../api/failure'
import { setHooks } from '../api/http'
import { href, safeBack } from './path'
import { here, navigate } from './router.svelte'

export interface User {
  id: string
  name: string
  email: string
  role: 'owner' | 'editor' | 'viewer'
}
export interface SessionAnswer {
  user: User
  csrf_token: string
}

const PUBLIC = new Set(['/login', '/setup'])

class Session {
  user = $state<User | null>(null)
  /** unknown: not asked yet, or nobody could be asked. */
  state = $state<'unknown' | 'in' | 'out' | 'setup'>('unknown')
  csrf: string | null = null
  canEdit = $derived(this.user === null || this.user.role !== 'viewer')
  isOwner = $derived(this.user === null || this.user.role === 'owner')

  take(answer: SessionAnswer): void {
    this.user = answer.user
    this.csrf = answer.csrf_token
    this.state = 'in'
  }

  /** Asks who is logged in. Leads to the login or the first set-up when nobody is. */
  async load(): Promise<void> {
    try {
      this.take(await raw<SessionAnswer>('GET', '/api/v1/auth/session'))
    } catch (error) {
      if (!isFailure(error) || error.status !== 401) return
      const setup = await raw<{ required: boolean }>('GET', '/api/v1/auth/setup').catch(() => ({ required: false }))
      this.state = setup.required ? 'setup' : 'out'
      this.lead()
    }
  }

  async login(email: string, password: string): Promise<void> {
    this.take(await raw<SessionAnswer>('POST', '/api/v1/auth/login', { email, password }))
  }
  /** `key`: of an owner, where the server asks for one. */
  async setUp(name: string, email: string, password: string, key: string | null): Promise<void> {
    const headers: Record<string, string> = key === null ? {} : { 'X-API-Key': key }
    this.take(await raw<SessionAnswer>('POST', '/api/v1/auth/setup', { name, email, password }, undefined, headers))
  }
  async logout(): Promise<void> {
    await raw('POST', '/api/v1/auth/logout')
    location.assign('/login')
  }

  /** A request was answered 401. */
  expired(): void {
    if (this.state !== 'in') return
    this.user = null
    this.csrf = null
    this.state = 'out'
    this.lead()
  }

  back(): void {
    navigate(safeBack(here.get('back')), { replace: true })
  }

  lead(): void {
    if (PUBLIC.has(location.pathname) && (this.state === 'setup') === (location.pathname === '/setup')) return
    const back = PUBLIC.has(location.pathname) ? here.get('back') : location.pathname + location.search
    navigate(href(this.state === 'setup' ? '/setup' : '/login', { back }), { replace: true })
  }
}

export const session = new Session()
setHooks({ csrfToken: () => session.csrf, signedOut: () => session.expired() })
