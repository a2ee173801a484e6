// The facts of one relation that leave or reach a party, as last known.
//
// params
//   KIND     : relation  one relation of the model
//   $party   : string    id of the party
//   $version : integer   number of the last load that counts
// returns
//   from    : string  id of the holder, promisor, …
//   to      : string  id of the other end
//   fact_id : string  fact id
//   source  : string  name of the source
MATCH (p:Party {id: $party})-[r:KIND]-(other:Party)
WHERE r.load <= $version
  AND (r.retracted_by IS NULL OR r.retracted_by > $version)
RETURN DISTINCT startNode(r).id AS from,
       endNode(r).id AS to,
       r.fact_id AS fact_id,
       r.source AS source
ORDER BY from, to, fact_id
