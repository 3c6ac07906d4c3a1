// What pages and the shared worker say to each other.
import type { components } from '../api/schema'

export type Figures = components['schemas']['CampaignFigures']
/** How up to date the figures are kept. */
export type Link = 'connecting' | 'live' | 'reconnecting' | 'polling' | 'signed_out'

export type ToWorker =
  | { kind: 'hello' } // a new page; answered with the link and everything known
  | { kind: 'here' } // still there: sent now and then, so that the worker can forget pages that are gone
  | { kind: 'bye' }
  | { kind: 'retry' } // the person is logged in again, or asks to try now

export type FromWorker =
  | { kind: 'link'; link: Link; since: number }
  | { kind: 'figures'; changed: Figures[]; removed: string[] }
  | { kind: 'gap' } // events may have been missed: what the stream does not carry should be loaded anew
