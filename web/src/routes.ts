// Every page: its address, its name and its code, which comes when it is opened.
import type { Component } from 'svelte'
import type { Params, Pattern } from './lib/path'

export type Area = 'campaigns' | 'compare' | 'accounts' | 'collections' | 'none'
export interface Page {
  title: string
  area: Area
  load: () => Promise<{ default: Component<{ params: Params }> | Component<Record<string, never>> }>
  /** Without sidebar: nobody is logged in. */
  bare?: boolean
}

export const routes: readonly Pattern<Page>[] = [
  { path: '/', page: { title: 'Campaigns', area: 'campaigns', load: () => import('./pages/Campaigns.svelte') } },
  { path: '/campaigns', page: { title: 'Campaigns', area: 'campaigns', load: () => import('./pages/Campaigns.svelte') } },
  { path: '/campaigns/new', page: { title: 'New campaign', area: 'campaigns', load: () => import('./pages/CampaignNew.svelte') } },
  { path: '/campaigns/:id/edit', page: { title: 'Edit campaign', area: 'campaigns', load: () => import('./pages/CampaignNew.svelte') } },
  { path: '/campaigns/:id', page: { title: 'Campaign', area: 'campaigns', load: () => import('./pages/Campaign.svelte') } },
  { path: '/campaigns/:id/leads', page: { title: 'Leads', area: 'campaigns', load: () => import('./pages/Leads.svelte') } },
  { path: '/accounts', page: { title: 'Accounts', area: 'accounts', load: () => import('./pages/Accounts.svelte') } },
  { path: '/accounts/:id', page: { title: 'Account', area: 'accounts', load: () => import('./pages/Account.svelte') } },
  { path: '/collections', page: { title: 'Collections', area: 'collections', load: () => import('./pages/Collections.svelte') } },
  { path: '/collections/import', page: { title: 'Import leads', area: 'collections', load: () => import('./pages/Import.svelte') } },
  { path: '/collections/:id', page: { title: 'Collection', area: 'collections', load: () => import('./pages/Collection.svelte') } },
  { path: '/compare', page: { title: 'Compare', area: 'compare', load: () => import('./pages/Compare.svelte') } },
  { path: '/login', page: { title: 'Log in', area: 'none', bare: true, load: () => import('./pages/Login.svelte') } },
  { path: '/setup', page: { title: 'First start', area: 'none', bare: true, load: () => import('./pages/Setup.svelte') } },
]
