// The records of one kind about a party, as last known.
//
// params
//   KIND     : record   one record of the model
//   $party   : string   id of the party
//   $version : integer  number of the last load that counts
//   $columns : list     names of the properties wanted
// returns
//   fact_id : string  fact id
//   rest    : list    the values of $columns, nulls kept
MATCH (n:KIND {party: $party})
WHERE n.load <= $version
  AND (n.retracted_by IS NULL OR n.retracted_by > $version)
RETURN n.fact_id AS fact_id,
       [c IN $columns | n[c]] AS rest
ORDER BY fact_id
