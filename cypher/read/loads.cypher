// All loads, open ones too.
//
// params
//   nothing
// returns
//   number    : integer  number of the load
//   source    : string   name of the source
//   digest    : string   hash of the delivery and its settings
//   delivery  : string   full or changes
//   delivered : string   the delivery's own date, YYYY-MM-DD
//   opened_at : string   instant it began
//   closed_at : string   instant it became visible; null while open
//   position  : integer  batches kept; -1 while it is being rolled back
//   worker    : string   host and process that writes
//   report    : string   what it read and did, as JSON
//   trust     : float    trust in the source when it was loaded
MATCH (l:Load)
RETURN l.number AS number,
       l.source AS source,
       l.digest AS digest,
       l.delivery AS delivery,
       l.delivered AS delivered,
       l.opened_at AS opened_at,
       l.closed_at AS closed_at,
       l.position AS position,
       l.worker AS worker,
       l.report AS report,
       l.trust AS trust
ORDER BY number
