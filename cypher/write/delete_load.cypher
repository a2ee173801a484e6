// Forgets a load that was rolled back.
//
// params
//   $load : integer  number of the load
// returns
//   nothing
MATCH (l:Load {number: $load})
DELETE l
