// What the API's names mean to a person. One place: every page says the same thing the same way.
import type { components } from '../api/schema'
import type { IconName } from '../icons/names'

type S = components['schemas']
export type LeadStatus = S['LeadStatus']
export type Reason = S['Reason']
export type FailureClass = S['FailureClass']
export type FailureCause = S['FailureCause']
export type Band = S['Band']
export type AccountStatus = S['AccountStatus']

export const STATUSES: readonly LeadStatus[] = ['sent', 'partial', 'failed', 'pending']

export const STATUS: Record<LeadStatus | 'total', { word: string; icon: IconName; meaning: string }> = {
  sent: { word: 'Sent', icon: 'check', meaning: 'Got everything they were to get' },
  partial: { word: 'Partial', icon: 'half-disc', meaning: 'At least one message delivered, follow-ups still to come' },
  failed: { word: 'Failed', icon: 'x', meaning: 'A message could not be delivered, for good' },
  pending: { word: 'Pending', icon: 'clock', meaning: 'Nothing delivered yet' },
  total: { word: 'Total', icon: 'chart-column', meaning: 'All leads of the campaign' },
}

export const REASON: Record<Reason, { word: string; meaning: string }> = {
  due: { word: 'Due now', meaning: 'Goes out next' },
  in_flight: { word: 'On its way', meaning: 'Handed to the channel, no answer yet' },
  active_hours: { word: 'Outside active hours', meaning: 'Waits until the campaign opens again' },
  campaign_daily_limit: { word: "Campaign's daily limit reached", meaning: 'Goes on tomorrow' },
  account_daily_limit: { word: "Account's daily limit reached", meaning: 'Goes on when the day of the account begins' },
  rate: { word: 'Waits for its turn', meaning: 'The account sends at its own pace' },
  follow_up_delay: { word: 'Follow-up not due yet', meaning: 'Waits for the delay of the next step' },
  window_closed: { word: 'Messaging window closed', meaning: 'The channel does not allow a message now' },
  account_unhealthy: { word: 'Account cannot send', meaning: 'Its account is paused, limited or has lost access' },
  no_account: { word: 'No account', meaning: 'No account of the campaign may send to them' },
  campaign_paused: { word: 'Campaign is paused', meaning: 'Goes on when the campaign is started' },
  retry_backoff: { word: 'Tried, will be tried again', meaning: 'A temporary problem; waits before the next try' },
  in_doubt: { word: 'Outcome unknown', meaning: 'It may have gone out: waits for a receipt or a decision' },
}

export const FAILURE: Record<FailureClass, string> = {
  account_auth: 'Account lost access',
  account_permission: 'Account may not do this',
  policy_block: 'Blocked by policy',
  rate_limited: 'Rate limited',
  recipient_deferred: 'Recipient deferred',
  recipient_invalid: 'Address does not exist',
  recipient_unavailable: 'Recipient not reachable',
  opted_out: 'Opted out',
  suppressed: 'On the suppression list',
  window_closed: 'Messaging window closed',
  content_rejected: 'Content rejected',
  transient: 'Provider fault',
  outcome_unknown: 'Outcome unknown',
}

export const CAUSE: Record<FailureCause, string> = {
  account_issues: 'Account issues',
  invalid_leads: 'Invalid leads',
  rate_limiting: 'Rate limiting',
  content_issues: 'Content issues',
  not_a_failure: 'Not a failure',
  expired_window: 'Expired window',
  provider_fault: 'Provider fault',
  unknown_outcome: 'Outcome unknown',
}

export const BAND: Record<Band, { word: string; icon: IconName }> = {
  high: { word: 'High', icon: 'band-high' },
  moderate: { word: 'Moderate', icon: 'band-moderate' },
  low: { word: 'Low', icon: 'band-low' },
  none: { word: 'No messages yet', icon: 'band-none' },
}

export const ACCOUNT_STATUS: Record<AccountStatus, { word: string; tone: 'good' | 'warn' | 'bad' | 'off' }> = {
  active: { word: 'Active', tone: 'good' },
  paused: { word: 'Paused', tone: 'off' },
  rate_limited: { word: 'Rate limited', tone: 'warn' },
  invalid_credentials: { word: 'Lost access', tone: 'bad' },
  disabled: { word: 'Disabled', tone: 'bad' },
  suspended: { word: 'Suspended', tone: 'bad' },
}

export const ENDED_BY: Record<string, string> = {
  completed: 'Got every step',
  replied: 'Replied',
  booked: 'Booked',
  opted_out: 'Opted out',
  suppressed: 'On the suppression list',
  failed: 'Failed',
}

export const LAST_ACTION: Record<string, string> = {
  enrolled: 'Added',
  claimed: 'Picked to send',
  delivered: 'Delivered',
  failed: 'Failed',
  retry_scheduled: 'Will be tried again',
  released: 'Put back in line',
  in_doubt: 'Outcome unknown',
  replied: 'Replied',
  booked: 'Booked',
  opted_out: 'Opted out',
  suppressed: 'Suppressed',
  held: 'Held',
  booking_cancelled: 'Booking cancelled',
}

export const OUTCOME: Record<string, string> = {
  delivered: 'Delivered',
  failed: 'Failed',
  retry: 'Failed, tried again later',
  in_flight: 'On its way',
  in_doubt: 'Outcome unknown',
  released: 'Not sent, put back in line',
  held: 'Held back',
  send_again: 'Sent again by decision',
}

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export const WEEKDAY: Record<(typeof WEEKDAYS)[number], string> = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
}

/** A name of the API that we do not know yet, readable all the same. */
export function humane(name: string): string {
  const text = name.replace(/[_.]/g, ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
