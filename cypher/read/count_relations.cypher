// How many facts of one relation a load brought.
//
// params
//   KIND  : relation  one relation of the model
//   $load : integer   number of the load
// returns
//   n : integer  how many
MATCH (a)-[r:KIND]->(b)
WHERE r.load = $load
RETURN count(r) AS n
ORDER BY n
