// Takes back some of a load's endings of one record.
//
// params
//   KIND  : record   one record of the model
//   $load : integer  number of the load
//   $size : integer  facts in one transaction
// returns
//   n : integer  how many
MATCH (n:KIND {retracted_by: $load})
WITH n LIMIT $size
REMOVE n.retracted_at, n.retracted_by
RETURN count(n) AS n
