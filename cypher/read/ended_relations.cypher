// The facts of one relation that a load ended.
//
// params
//   KIND  : relation  one relation of the model
//   $load : integer   number of the load
// returns
//   fact_id      : string  fact id
//   retracted_at : string  instant from which it was no longer held
MATCH (a)-[r:KIND]->(b)
WHERE r.retracted_by = $load
RETURN r.fact_id AS fact_id,
       r.retracted_at AS retracted_at
ORDER BY fact_id
