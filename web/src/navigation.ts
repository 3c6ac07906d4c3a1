// The areas of the sidebar, in the order of a working day.
import type { IconName } from './icons/names'
import type { Area } from './routes'

export interface Place {
  area: Area
  label: string
  href: string
  icon: IconName
  keys: string
}
export const NAVIGATION: readonly Place[] = [
  { area: 'campaigns', label: 'Campaigns', href: '/campaigns', icon: 'megaphone', keys: 'g c' },
  { area: 'accounts', label: 'Accounts', href: '/accounts', icon: 'send', keys: 'g a' },
  { area: 'collections', label: 'Collections', href: '/collections', icon: 'users', keys: 'g l' },
  { area: 'compare', label: 'Compare', href: '/compare', icon: 'scale', keys: 'g v' },
]
