// Notes how many batches of a load are kept; -1 says that it is being rolled back.
//
// params
//   $load     : integer  number of the load
//   $position : integer  batches kept
// returns
//   nothing
MATCH (l:Load {number: $load})
SET l.position = $position
