// Takes back some of what a load settled.
//
// params
//   $load : integer  number of the load
//   $size : integer  facts in one transaction
// returns
//   n : integer  how many
MATCH (p:Pending {settled_by: $load})
WITH p LIMIT $size
REMOVE p.settled_by
RETURN count(p) AS n
