// The facts of one relation that held at a moment, asked of the whole store: the slow way to what a snapshot says.
//
// params
//   KIND      : relation  one relation of the model
//   $valid_at : string    day, true in the world
//   $known_at : string    instant by which it was known
//   $version  : integer   number of the last load that counts
// returns
//   from    : string  id of the holder, promisor, …
//   to      : string  id of the other end
//   fact_id : string  fact id
//   source  : string  name of the source
MATCH (a:Party)-[r:KIND]->(b:Party)
WHERE r.load <= $version
  AND (r.retracted_by IS NULL OR r.retracted_by > $version OR r.retracted_at > $known_at)
  AND r.recorded_at <= $known_at
  AND (r.valid_from IS NULL OR r.valid_from <= $valid_at)
  AND (r.valid_to IS NULL OR r.valid_to > $valid_at)
RETURN a.id AS from,
       b.id AS to,
       r.fact_id AS fact_id,
       r.source AS source
ORDER BY from, to, fact_id
