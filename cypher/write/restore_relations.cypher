// Takes back some of a load's endings of one relation.
//
// params
//   KIND  : relation  one relation of the model
//   $load : integer   number of the load
//   $size : integer   facts in one transaction
// returns
//   n : integer  how many
MATCH (a)-[r:KIND]->(b)
WHERE r.retracted_by = $load
WITH r LIMIT $size
REMOVE r.retracted_at, r.retracted_by
RETURN count(r) AS n
