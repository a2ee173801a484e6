// Deletes some of what a load brought of one relation.
//
// params
//   KIND  : relation  one relation of the model
//   $load : integer   number of the load
//   $size : integer   facts in one transaction
// returns
//   n : integer  how many
MATCH (a)-[r:KIND]->(b)
WHERE r.load = $load
WITH r LIMIT $size
DELETE r
RETURN count(*) AS n
