// Deletes some of what a load brought of one record.
//
// params
//   KIND  : record   one record of the model
//   $load : integer  number of the load
//   $size : integer  facts in one transaction
// returns
//   n : integer  how many
MATCH (n:KIND {load: $load})
WITH n LIMIT $size
DELETE n
RETURN count(*) AS n
