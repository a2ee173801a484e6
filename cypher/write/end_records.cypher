// Ends facts of one record: from their instant on they are no longer held.
//
// params
//   KIND      : record   one record of the model
//   $ids      : list     fact ids
//   $instants : map      instant of each, by fact id
//   $load     : integer  number of the load
// returns
//   ended : integer  facts ended
UNWIND $ids AS id
MATCH (n:KIND {fact_id: id})
SET n.retracted_at = $instants[id], n.retracted_by = $load
RETURN count(n) AS ended
