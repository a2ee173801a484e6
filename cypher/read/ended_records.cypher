// The facts of one record that a load ended.
//
// params
//   KIND  : record   one record of the model
//   $load : integer  number of the load
// returns
//   fact_id      : string  fact id
//   retracted_at : string  instant from which it was no longer held
MATCH (n:KIND)
WHERE n.retracted_by = $load
RETURN n.fact_id AS fact_id,
       n.retracted_at AS retracted_at
ORDER BY fact_id
