// One load.
//
// params
//   $load : integer  number of the load
// returns
//   closed_at : string   instant it became visible; null while open
//   position  : integer  batches kept; -1 while it is being rolled back
//   worker    : string   host and process that writes
MATCH (l:Load {number: $load})
RETURN l.closed_at AS closed_at,
       l.position AS position,
       l.worker AS worker
ORDER BY l.number
