// Deletes some of the parties a load brought, once their facts are gone.
//
// params
//   $load : integer  number of the load
//   $size : integer  facts in one transaction
// returns
//   n : integer  how many
MATCH (p:Party {load: $load})
WITH p LIMIT $size
DELETE p
RETURN count(*) AS n
