// Deletes some of what a load left pending.
//
// params
//   $load : integer  number of the load
//   $size : integer  facts in one transaction
// returns
//   n : integer  how many
MATCH (p:Pending {load: $load})
WITH p LIMIT $size
DELETE p
RETURN count(*) AS n
