// Gives an open load to another worker.
//
// params
//   $load   : integer  number of the load
//   $worker : string   host and process that writes from now on
// returns
//   nothing
MATCH (l:Load {number: $load})
SET l.worker = $worker
