// Closes a load: from here on it is seen.
//
// params
//   $load      : integer  number of the load
//   $closed_at : string   instant
//   $report    : string   what it read and did, as JSON
// returns
//   nothing
MATCH (l:Load {number: $load})
SET l.closed_at = $closed_at, l.report = $report
