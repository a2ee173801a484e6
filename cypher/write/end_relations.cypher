// Ends facts of one relation: from their instant on they are no longer held.
//
// params
//   KIND      : relation  one relation of the model
//   $ids      : list      fact ids
//   $instants : map       instant of each, by fact id
//   $load     : integer   number of the load
// returns
//   ended : integer  facts ended
MATCH (a)-[r:KIND]->(b)
WHERE r.fact_id IN $ids
SET r.retracted_at = $instants[r.fact_id], r.retracted_by = $load
RETURN count(r) AS ended
