export const en = {
  title: 'Notices',
  empty: 'Nothing new',
  'empty-text': 'Here you read what happened by itself to your records, and when long work has ended.',
  'read-all': 'Mark all as read',
  unread: 'new',
  more: 'Show more',
  open: 'Open',
  bulks: 'Bulk conversions',
  'a-record': 'A record',
  'bulk.ended': '“{conversion}” has ended: {done} converted, {held} to decide, {failed} failed.',
  'conversion.converted': '{record} was converted by itself (“{conversion}”).',
  'conversion.declined': '{record} was closed by itself without a conversion (“{conversion}”).',
  'conversion.trigger-failed': '{record} could not be converted by itself (“{conversion}”): {problem}',
  'conversion.loop':
    '“{conversion}” would have started itself again for {record}, and was stopped. An administrator should look at its triggers.',
} as const
