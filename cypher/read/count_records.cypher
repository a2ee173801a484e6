// How many facts of one record a load brought.
//
// params
//   KIND  : record   one record of the model
//   $load : integer  number of the load
// returns
//   n : integer  how many
MATCH (n:KIND)
WHERE n.load = $load
RETURN count(n) AS n
ORDER BY n
